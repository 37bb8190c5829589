/** JSON lines: an object for each row, all with the same keys. */
import { TriadError } from '@triad/protocol';
import { badArgument } from '../bad-argument.js';
import type { Source } from '../storage/storage.js';
import { encodedColumns } from './schema.js';
import { chosen, encodersOf, missing, type Reading, RowBuffer, refusal, type Table } from './table.js';

const maxLine = 2 ** 20;

type Row = Readonly<Record<string, unknown>>;

/** Columns are the keys of the first object. */
export const openJsonl = async ({ source, ...options }: Reading): Promise<Table> => {
  const names = await firstKeys(source);
  const schema = chosen(source.name, names, options);
  const encoders = encodersOf(schema);
  const columns = encodedColumns(schema);
  const known = new Set(names);
  return {
    schema,
    columns,
    async *batches() {
      const rows = new RowBuffer(source.name, columns.length);
      let number = 0;
      for await (const value of objects(source)) {
        number++;
        const strange = Object.keys(value).find((key) => !known.has(key));
        if (strange !== undefined)
          throw refusal(
            source.name,
            number,
            strange.slice(0, 200),
            'is not in the first row',
            'give all rows the same keys',
          );
        for (const encoder of encoders) {
          const { name } = encoder.column;
          if (!Object.hasOwn(value, name)) throw missing(source.name, number, name);
          rows.value(value[name], encoder, number);
        }
        rows.rows++;
        if (rows.full) yield rows.take();
      }
      if (rows.rows > 0) yield rows.take();
    },
  };
};

const firstKeys = async (source: Source): Promise<readonly string[]> => {
  for await (const value of objects(source)) return Object.keys(value);
  throw badArgument(`${source.name} is empty`, 'give a file with a JSON object in each line');
};

async function* objects(source: Source): AsyncGenerator<Row> {
  let number = 0;
  for await (const line of lines(source)) {
    if (line.trim() === '') continue;
    number++;
    const value = parse(line);
    if (value === undefined)
      throw badArgument(`${source.name}: row ${number} is no JSON object`, 'write one object in each line');
    yield value;
  }
}

const parse = (line: string): Row | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined;
  } catch {
    return undefined;
  }
};

async function* lines(source: Source): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  for await (const piece of source.stream()) {
    const parts = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = parts.pop()!;
    if (rest.length > maxLine)
      throw new TriadError('limit', `${source.name} has a line of more than ${maxLine} characters`, {
        remedy: 'give a file with a JSON object in each line',
      });
    yield* parts;
  }
  yield rest + decoder.decode();
}
