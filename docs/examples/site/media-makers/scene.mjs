const HORIZON = 0.68;
const STAR_COLUMNS = 90;
const STAR_ROWS = 54;

const NIGHT = { zenith: [0.02, 0.03, 0.11], horizon: [0.09, 0.1, 0.24] };
const DAY = { zenith: [0.2, 0.46, 0.82], horizon: [0.74, 0.87, 0.96] };
const DUSK = [1, 0.6, 0.42];
const HILL = [0.05, 0.1, 0.2];
const SUN = { light: [1, 0.93, 0.72], radius: 0.055 };
const MOON = { light: [0.86, 0.89, 0.98], radius: 0.035 };

/** The ridges from back to front: the height, and the amplitude, frequency and phase of each wave. */
const RIDGES = [
  {
    height: 0.6,
    waves: [
      [0.05, 4.1, 0.4],
      [0.018, 11.3, 2.1],
    ],
  },
  {
    height: 0.69,
    waves: [
      [0.05, 3.2, 2.6],
      [0.02, 8.7, 0.3],
    ],
  },
  {
    height: 0.79,
    waves: [
      [0.045, 2.6, 4.4],
      [0.014, 9.1, 1.2],
    ],
  },
  {
    height: 0.9,
    waves: [
      [0.05, 2.1, 0.9],
      [0.012, 7.4, 3.3],
    ],
  },
];

/**
 * Draws hills at a time of day: 0 is sunrise, 0.5 is sunset, and 1 is the next sunrise. Returns red, green and blue
 * from 0 to 1 for each pixel, row by row.
 */
export function drawHills(time, width, height) {
  const ridges = Array.from({ length: width }, (_, column) => ridgesAt(column / width));
  const { skyAt, hillAt } = lightAt(time);
  return Array.from({ length: width * height }, (_, pixel) => {
    const column = pixel % width;
    const x = column / width;
    const y = Math.floor(pixel / width) / height;
    const depths = ridges[column].map((ridge) => y - ridge);
    const coverOf = (depth) => clamp(0.5 + depth * height);
    return depths.reduce(
      (behind, depth, index) => mix(behind, hillAt(index, depth), coverOf(depth)),
      coverOf(depths[0]) < 1 ? skyAt(x, y) : HILL,
    );
  });
}

function ridgesAt(x) {
  return RIDGES.map(({ height, waves }) =>
    waves.reduce((sum, [size, pace, shift]) => sum + size * Math.sin(pace * x + shift), height),
  );
}

function lightAt(time) {
  const angle = 2 * Math.PI * time;
  const elevation = Math.sin(angle);
  const daylight = smoothStep(-0.25, 0.4, elevation);
  const glow = Math.exp(-((elevation * 2.6) ** 2)) * 0.9;
  const zenith = mix(NIGHT.zenith, DAY.zenith, daylight);
  const horizon = mix(mix(NIGHT.horizon, DAY.horizon, daylight), DUSK, glow);
  const sunX = 0.5 - 0.36 * Math.cos(angle);
  const sunY = HORIZON - 0.5 * elevation;
  const hill = mix(HILL, zenith, 0.12);
  const haze = 0.35 + 0.65 * Math.max(daylight, glow);

  return {
    skyAt: (x, y) => {
      const sky = mix(zenith, horizon, (y / HORIZON) ** 1.6);
      const starry = mix(sky, [1, 1, 1], starAt(x, y) * (1 - daylight) ** 3);
      const moonlit = shine(starry, MOON, x - 1 + sunX, y - 2 * HORIZON + sunY);
      return shine(moonlit, SUN, x - sunX, y - sunY);
    },
    hillAt: (index, depth) => mix(hill, horizon, (0.66 - 0.18 * index + 0.6 * depth) * haze),
  };
}

function shine(colour, { light, radius }, acrossFrom, upFrom) {
  const distance = Math.hypot(acrossFrom, upFrom * 0.6);
  const halo = mix(colour, light, 0.45 * Math.exp(-distance / (radius * 1.6)));
  return mix(halo, light, 1 - smoothStep(radius * 0.94, radius, distance));
}

/** One of thirty cells of the sky has a star. Its position depends only on the cell, so it is the same in each frame. */
function starAt(x, y) {
  const column = Math.floor(x * STAR_COLUMNS);
  const row = Math.floor(y * STAR_ROWS);
  if (scatter(column, row, 1) > 1 / 30) return 0;
  const away = Math.hypot(
    x * STAR_COLUMNS - column - 0.3 - 0.4 * scatter(column, row, 2),
    y * STAR_ROWS - row - 0.3 - 0.4 * scatter(column, row, 3),
  );
  return clamp(1 - away / 0.28) * (0.4 + 0.6 * scatter(column, row, 4));
}

function scatter(column, row, salt) {
  const value = Math.sin(column * 12.3 + row * 45.7 + salt * 78.1) * 9301.7;
  return value - Math.floor(value);
}

function mix([red, green, blue], to, share) {
  return [red + (to[0] - red) * share, green + (to[1] - green) * share, blue + (to[2] - blue) * share];
}

function smoothStep(from, to, value) {
  const share = clamp((value - from) / (to - from));
  return share * share * (3 - 2 * share);
}

function clamp(value) {
  return Math.min(1, Math.max(0, value));
}
