/** Turns and flips of a picture, as EXIF numbers them: 1 to 8. */

type Matrix = readonly [number, number, number, number];

/** Where a point right of the centre, and one below it, come to lie: x' = ax + by, y' = cx + dy. */
const MATRICES: Record<number, Matrix> = {
  1: [1, 0, 0, 1],
  2: [-1, 0, 0, 1],
  3: [-1, 0, 0, -1],
  4: [1, 0, 0, -1],
  5: [0, 1, 1, 0],
  6: [0, -1, 1, 0],
  7: [0, -1, -1, 0],
  8: [0, 1, -1, 0],
};

/** Whether a turned picture is as wide as it was high. */
export function isAcross(turn: number): boolean {
  return turn > 4;
}

/** What turns a picture that is shown in one orientation into another one. */
export function turnBetween(shown: number, wanted: number): number {
  const [a, b, c, d] = matrix(wanted);
  const [e, f, g, h] = matrix({ 6: 8, 8: 6 }[shown] ?? shown);
  const product = [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h];
  const found = Object.entries(MATRICES).find(([, rows]) =>
    rows.every(
      (value, at) => value === product[at] || (value + (product[at] ?? 0) === 0 && value === 0),
    ),
  );
  return Number(found?.[0] ?? 1);
}

/** The turn as CSS has it, "" for none. */
export function cssTurn(turn: number): string {
  if (turn === 1) return '';
  const [a, b, c, d] = matrix(turn);
  return `matrix(${a}, ${c}, ${b}, ${d}, 0, 0)`;
}

function matrix(turn: number): Matrix {
  return MATRICES[turn] ?? [1, 0, 0, 1];
}
