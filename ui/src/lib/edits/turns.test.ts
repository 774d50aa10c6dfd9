import { describe, expect, it } from 'vitest';
import { cssTurn, isAcross, turnBetween } from './turns';

describe('turns', () => {
  it('tells what lies between two orientations', () => {
    expect(turnBetween(1, 6)).toBe(6);
    expect(turnBetween(6, 6)).toBe(1);
    expect(turnBetween(6, 3)).toBe(6);
    expect(turnBetween(6, 1)).toBe(8);
    for (let turn = 1; turn <= 8; turn += 1) expect(turnBetween(turn, turn)).toBe(1);
  });

  it('writes them as CSS', () => {
    expect(cssTurn(1)).toBe('');
    expect(cssTurn(6)).toBe('matrix(0, 1, -1, 0, 0, 0)');
    expect([3, 6].map(isAcross)).toEqual([false, true]);
  });
});
