/** What the columns of a table are, and which numbers they become. */
import { z } from 'zod';
import { badArgument } from '../bad-argument.js';

/** Of columns, after categories have become several. */
export const maxColumns = 2 ** 16;
const maxName = 200;

const text = z
  .string()
  .min(1)
  .max(maxName)
  .regex(/^\P{C}+$/u);

const column = z.discriminatedUnion('type', [
  z.strictObject({
    name: text,
    type: z.literal('number'),
    /** Values are multiplied by it, so that they are of a magnitude that fixed point holds well. Default: 1. */
    scale: z.number().positive().optional(),
  }),
  /** One of some texts: as many columns of 0 and 1 as there are texts. */
  z.strictObject({ name: text, type: z.literal('category'), values: z.array(text).min(1).max(maxColumns) }),
]);

export const schemaForm = z.strictObject({ columns: z.array(column).min(1).max(maxColumns) });

export type Column = z.infer<typeof column>;
export type Schema = z.infer<typeof schemaForm>;

/** Throws `bad-argument` for what is no schema, or has a name or value twice. */
export const parseSchema = (value: unknown): Schema => {
  const { success, data, error } = schemaForm.safeParse(value);
  const remedy =
    'write { "columns": [{ "name": "rooms", "type": "number" }, { "name": "heating", "type": "category", "values": ["gas", "oil"] }] }';
  if (!success) {
    const [issue] = error.issues;
    throw badArgument(
      `the schema is not valid at ${issue?.path.join('.') || 'its top'}: ${issue?.message}`,
      remedy,
    );
  }
  const twice = repeated(data.columns.map(({ name }) => name)) ?? repeated(encodedColumns(data));
  if (twice !== undefined)
    throw badArgument(`the schema has '${twice}' twice`, 'give each column and value one place');
  if (encodedColumns(data).length > maxColumns)
    throw badArgument(
      `the schema makes more than ${maxColumns} columns`,
      'leave out columns with so many values',
    );
  return data;
};

const repeated = (names: readonly string[]): string | undefined => {
  const known = new Set<string>();
  return names.find((name) => known.size === known.add(name).size);
};

/** Names of the numbers of a row, in order: a category `heating` of `gas` and `oil` is `heating=gas`, `heating=oil`. */
export const encodedColumns = ({ columns }: Schema): readonly string[] =>
  columns.flatMap((each) =>
    each.type === 'number' ? [each.name] : each.values.map((value) => `${each.name}=${value}`),
  );

/** All columns are numbers. */
export const numberSchema = (names: readonly string[]): Schema =>
  parseSchema({ columns: names.map((name) => ({ name, type: 'number' })) });

/** The columns of some names, in their order; throws `bad-argument` for a name that is none. */
export const selectColumns = ({ columns }: Schema, names: readonly string[]): Schema =>
  parseSchema({
    columns: names.map((name) => {
      const found = columns.find((each) => each.name === name);
      if (found !== undefined) return found;
      throw badArgument(
        `there is no column '${name}'`,
        `there are ${columns.map((each) => each.name).join(', ')}`,
      );
    }),
  });
