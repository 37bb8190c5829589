/** `1.20 s`, `34.5 ms`. */
export const formatSeconds = (seconds: number): string => {
  const ms = seconds * 1000;
  return ms >= 1000 ? `${seconds.toFixed(2)} s` : `${ms.toPrecision(3)} ms`;
};

/** `1.20 GB`, `1.20 MB`, `34.5 kB`, `8 B`: powers of ten. */
export const formatBytes = (bytes: number): string =>
  bytes >= 1e9
    ? `${(bytes / 1e9).toFixed(2)} GB`
    : bytes >= 1e6
      ? `${(bytes / 1e6).toFixed(2)} MB`
      : bytes >= 1e3
        ? `${(bytes / 1e3).toFixed(1)} kB`
        : `${bytes} B`;

/** `1.2 M`, `34.5 k`, `8`: powers of ten, for numbers of things. */
export const formatCount = (count: number): string =>
  count >= 1e6
    ? `${(count / 1e6).toFixed(1)} M`
    : count >= 1e4
      ? `${(count / 1e3).toFixed(1)} k`
      : String(Math.round(count));

/** Columns as wide as their widest cell; the first row is the heading. */
export const formatTable = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padEnd(widths[i]!)).join('  ');
  return rows.map((cells) => line(cells).trimEnd()).join('\n');
};
