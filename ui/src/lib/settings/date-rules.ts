/** Rules by which the date of a photo is found: the first that finds one counts. */

/** A rule as the server has it; what else there is in it is kept. */
export interface DateRule {
  id: number;
  name: string;
}

/** The rules of a JSON text; null where it is none. */
export function readRules(text: string): DateRule[] | null {
  try {
    const rows: unknown = JSON.parse(text);
    return Array.isArray(rows) && rows.every(isRule) ? rows : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isRule(row: unknown): row is DateRule {
  return typeof row === 'object' && row !== null && 'id' in row && typeof row.id === 'number';
}

/** The JSON text of rules, without what only the list of all of them tells. */
export function writtenRules(rules: readonly DateRule[]): string {
  return JSON.stringify(
    rules.map((rule) =>
      Object.fromEntries(Object.entries(rule).filter(([key]) => key !== 'is_default')),
    ),
  );
}

/** The rules with one of them some places further down, or up where that is negative. */
export function moved(rules: readonly DateRule[], index: number, by: number): DateRule[] {
  const rule = rules[index];
  if (rule === undefined) return [...rules];
  return rules.toSpliced(index, 1).toSpliced(Math.max(0, index + by), 0, rule);
}

/** Those of all rules that are not among some. */
export function unused(all: readonly DateRule[], used: readonly DateRule[]): DateRule[] {
  return all.filter((rule) => used.every(({ id }) => id !== rule.id));
}

export function defaults(all: readonly DateRule[]): DateRule[] {
  return all.filter((rule) => 'is_default' in rule && rule.is_default === true);
}

/** Whether two lists have the same rules in the same order. */
export function areSame(one: readonly DateRule[], other: readonly DateRule[]): boolean {
  return writtenRules(one) === writtenRules(other);
}
