/** A code block of a README that is meant to be run. */
export interface Fence {
  readonly line: number;
  readonly text: string;
}

const opening = /^```(?:ts|js) run\s*$/;

/** The blocks opened by "```ts run" or "```js run", each a module of its own. */
export const runnable = (markdown: string): readonly Fence[] => {
  const fences: Fence[] = [];
  const lines = markdown.split(/\r?\n/);
  for (let start = 0; start < lines.length; start++) {
    if (!opening.test(lines[start]!)) continue;
    const end = lines.indexOf('```', start);
    if (end < 0) throw new Error(`the code block of line ${start + 1} is never closed`);
    fences.push({ line: start + 1, text: lines.slice(start + 1, end).join('\n') });
    start = end;
  }
  return fences;
};
