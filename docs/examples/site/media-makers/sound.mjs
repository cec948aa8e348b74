import { ascii } from './bytes.mjs';

const RATE = 44_100;
const SECONDS_A_NOTE = 0.25;
const NOTE_RINGS_FOR = 1.6;
const BYTES_A_SAMPLE = 2;

const OVERTONES = [1, 0.36, 0.18];

/** The bass note of each bar, in semitones above A2, and the notes of its chord, in semitones above the bass note. */
const BARS = [
  { bass: 0, chord: [12, 15, 19, 22] },
  { bass: -4, chord: [12, 16, 19, 23] },
  { bass: 3, chord: [12, 16, 19, 21] },
  { bass: -2, chord: [12, 14, 19, 21] },
];
const PATTERN = [0, 1, 2, 3, 2, 1, 3, 2];
const TIMES_THROUGH = 3.5;

/** A WAV file with half a minute of a plucked string. */
export function makeSound() {
  const notes = melody();
  const last = notes.at(-1);
  const samples = new Float32Array(Math.ceil((last.start + NOTE_RINGS_FOR) * RATE));
  for (const note of notes) pluck(samples, note);
  return wav(samples);
}

function melody() {
  return Array.from({ length: BARS.length * TIMES_THROUGH }, (_, index) => {
    const { bass, chord } = BARS[index % BARS.length];
    const start = index * PATTERN.length * SECONDS_A_NOTE;
    const above = PATTERN.map((step, place) => ({
      start: start + place * SECONDS_A_NOTE,
      pitch: bass + chord[step],
      loudness: 0.16,
    }));
    return [{ start, pitch: bass, loudness: 0.26 }, ...above];
  }).flat();
}

/** Higher overtones of a string are weaker and decay faster. */
function pluck(samples, { start, pitch, loudness }) {
  const frequency = 110 * 2 ** (pitch / 12);
  const first = Math.round(start * RATE);
  for (let index = 0; index < NOTE_RINGS_FOR * RATE; index++) {
    const time = index / RATE;
    const attack = Math.min(1, time / 0.005);
    const release = Math.min(1, (NOTE_RINGS_FOR - time) / 0.1);
    const fading = Math.exp(-1.5 * time);
    let left = fading;
    let wave = 0;
    for (const [overtone, strength] of OVERTONES.entries()) {
      left *= fading;
      wave += left * strength * Math.sin(2 * Math.PI * frequency * (overtone + 1) * time);
    }
    samples[first + index] += loudness * attack * release * wave;
  }
}

/** A WAV file with 16 bits per sample and one channel. */
function wav(samples) {
  const data = Buffer.alloc(samples.length * BYTES_A_SAMPLE);
  samples.forEach((sample, index) => {
    const clipped = Math.max(-1, Math.min(1, sample));
    data.writeInt16LE(Math.round(clipped * 0x7fff), index * BYTES_A_SAMPLE);
  });
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(1, 2);
  format.writeUInt32LE(RATE, 4);
  format.writeUInt32LE(RATE * BYTES_A_SAMPLE, 8);
  format.writeUInt16LE(BYTES_A_SAMPLE, 12);
  format.writeUInt16LE(8 * BYTES_A_SAMPLE, 14);
  return chunk('RIFF', Buffer.concat([ascii('WAVE'), chunk('fmt ', format), chunk('data', data)]));
}

function chunk(type, content) {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([ascii(type), length, content]);
}
