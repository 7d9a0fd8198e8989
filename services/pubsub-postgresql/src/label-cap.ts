// Bounds how many series a metric can have: label values come from whoever publishes and subscribes.

/** Stands for all that came after the cap was reached. */
export const OTHER = 'other';

/** Gives the labels of one more topic, or topic and group. */
export type LabelCap = (...values: string[]) => string[];

/** @param max - so many different combinations keep their names; every later one becomes `other` in all its labels */
export function createLabelCap(max: number): LabelCap {
  const known = new Set<string>();
  return (...values) => {
    const name = JSON.stringify(values);
    if (!known.has(name)) {
      if (known.size >= max) return values.map(() => OTHER);
      known.add(name);
    }
    return values;
  };
}
