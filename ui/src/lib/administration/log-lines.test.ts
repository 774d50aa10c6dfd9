import { describe, expect, it } from 'vitest';
import { atLeast, eventsOf } from './log-lines';

const LINES = [
  '    left of a traceback',
  '2026-11-29 21:02:13,001 INFO librephotos.web[12]: starts',
  '2026-11-29 21:02:14,002 ERROR librephotos.api[12]: failed',
  '    Traceback (most recent call last):',
  '      ValueError: 2026-11-29 INFO no event',
  '2026-11-29 21:02:15,003 WARNING librephotos.api[13]: slow',
];

describe('the log', () => {
  it('is read as events, the newest first', () => {
    expect(eventsOf(LINES)).toEqual([
      { level: 'WARNING', time: '2026-11-29 21:02:15', text: 'librephotos.api[13]: slow' },
      {
        level: 'ERROR',
        time: '2026-11-29 21:02:14',
        text: ['librephotos.api[12]: failed', LINES[3], LINES[4]].join('\n'),
      },
      { level: 'INFO', time: '2026-11-29 21:02:13', text: 'librephotos.web[12]: starts' },
      { level: 'INFO', time: '', text: '    left of a traceback' },
    ]);
    expect(eventsOf([''])).toEqual([]);
  });

  it('is narrowed to what matters', () => {
    const levels = (least: 'DEBUG' | 'WARNING' | 'CRITICAL'): string[] =>
      atLeast(eventsOf(LINES), least).map(({ level }) => level);
    expect(levels('DEBUG')).toEqual(['WARNING', 'ERROR', 'INFO', 'INFO']);
    expect(levels('WARNING')).toEqual(['WARNING', 'ERROR']);
    expect(levels('CRITICAL')).toEqual([]);
  });
});
