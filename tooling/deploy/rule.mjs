/** Rules are `true`, or what is wrong; the problems among them, with the place in front. */
export const failed = (rules, where) =>
  rules.filter((rule) => rule !== true).map((problem) => `${where}: ${problem}`);

/** Whether two lists have the same members, in any order. */
export const same = (a, b) => JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
