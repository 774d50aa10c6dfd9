import { describe, expect, it } from 'vitest';
import { isSameName, matches } from './matching';

describe('matching', () => {
  it('ignores case, accents and blanks around', () => {
    expect(matches('Zoë Müller', ' mull')).toBe(true);
    expect(matches('Zoë Müller', 'zoe')).toBe(true);
    expect(matches('Anna', 'nan')).toBe(false);
    expect(isSameName('ZOE', ' Zoë ')).toBe(true);
    expect(isSameName('Zoe', 'Zo')).toBe(false);
  });

  it('finds everything for nothing', () => {
    expect(matches('Anna', '  ')).toBe(true);
  });
});
