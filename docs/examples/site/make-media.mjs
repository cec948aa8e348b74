import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFont } from './media-makers/font.mjs';
import { makePicture } from './media-makers/picture.mjs';
import { makeSound } from './media-makers/sound.mjs';
import { makeVideo } from './media-makers/video.mjs';

const FOLDER = fileURLToPath(new URL('public/media', import.meta.url));

const MAKERS = {
  'hills.png': makePicture,
  'day.mp4': makeVideo,
  'melody.wav': makeSound,
  'clock-dots.ttf': makeFont,
};

mkdirSync(FOLDER, { recursive: true });
for (const [name, make] of Object.entries(MAKERS)) {
  const filename = join(FOLDER, name);
  if (existsSync(filename)) continue;
  console.log(`Making ${name}`);
  // If the script is interrupted, the next run must not take an incomplete file for a complete one.
  const unfinished = `${filename}.${process.pid}`;
  writeFileSync(unfinished, make());
  renameSync(unfinished, filename);
}
