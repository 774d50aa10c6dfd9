/** Levels of events, from those that tell least to those that matter most. */
export const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;

export type Level = (typeof LEVELS)[number];

/** An event of the log: its line, and those that belong to it, as of a traceback. */
export interface LogEvent {
  level: Level;
  /** Its time as it is written, or "". */
  time: string;
  /** Who tells it, and what. */
  text: string;
}

const EVENT = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[,.]\d+ (DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)$/;

/** The events of lines, the newest first; what belongs to none of them is one by itself. */
export function eventsOf(lines: readonly string[]): LogEvent[] {
  const events: LogEvent[] = [];
  for (const line of lines) {
    const [, time = '', level = '', text = ''] = EVENT.exec(line) ?? [];
    const last = events.at(-1);
    if (level !== '') events.push({ level: level as Level, time, text });
    else if (last) last.text += `\n${line}`;
    else if (line !== '') events.push({ level: 'INFO', time: '', text: line });
  }
  return events.reverse();
}

/** Those that matter at least as much as a level. */
export function atLeast(events: readonly LogEvent[], level: Level): LogEvent[] {
  const least = LEVELS.indexOf(level);
  return events.filter((event) => LEVELS.indexOf(event.level) >= least);
}
