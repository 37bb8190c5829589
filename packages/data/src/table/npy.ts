/** NumPy's arrays in files (format versions 1 to 3): one or two axes, row-major, of numbers. */
import { badArgument } from '../bad-argument.js';
import type { Source } from '../storage/storage.js';
import { encodedColumns } from './schema.js';
import { batchRows, chosen, encodersOf, type Reading, RowBuffer, type Table } from './table.js';

const magic = Buffer.from('\x93NUMPY', 'latin1');
const maxHeader = 2 ** 16;

interface Form {
  readonly type: string;
  readonly little: boolean;
  readonly size: number;
  readonly rows: number;
  readonly width: number;
  readonly start: number;
}

type Get = (view: DataView, at: number) => number;

const readers: Readonly<Record<string, (little: boolean) => Get>> = {
  f8: (little) => (view, at) => view.getFloat64(at, little),
  f4: (little) => (view, at) => view.getFloat32(at, little),
  i8: (little) => (view, at) => Number(view.getBigInt64(at, little)),
  i4: (little) => (view, at) => view.getInt32(at, little),
  i2: (little) => (view, at) => view.getInt16(at, little),
  i1: () => (view, at) => view.getInt8(at),
  u8: (little) => (view, at) => Number(view.getBigUint64(at, little)),
  u4: (little) => (view, at) => view.getUint32(at, little),
  u2: (little) => (view, at) => view.getUint16(at, little),
  u1: () => (view, at) => view.getUint8(at),
  b1: () => (view, at) => view.getUint8(at),
};

/** Columns are called `c0`, `c1` and so on. Throws `bad-argument` for what is no such file, and for arrays in Fortran's order. */
export const openNpy = async ({ source, ...options }: Reading): Promise<Table> => {
  const form = await readForm(source);
  const names = Array.from({ length: form.width }, (_, i) => `c${i}`);
  const schema = chosen(source.name, names, options);
  const encoders = encodersOf(schema);
  const places = schema.columns.map(({ name }) => names.indexOf(name));
  const columns = encodedColumns(schema);
  return {
    schema,
    columns,
    async *batches() {
      const get = readers[form.type]!(form.little);
      const rows = new RowBuffer(source.name, columns.length);
      const most = batchRows(Math.max(form.width, columns.length));
      for (let first = 0; first < form.rows; first += most) {
        const count = Math.min(most, form.rows - first);
        const view = await block(source, form, first, count);
        for (let row = 0; row < count; row++, rows.rows++)
          for (const [k, encoder] of encoders.entries())
            rows.value(get(view, (row * form.width + places[k]!) * form.size), encoder, first + row + 1);
        yield rows.take();
      }
    },
  };
};

const block = async (
  source: Source,
  { start, width, size }: Form,
  first: number,
  count: number,
): Promise<DataView> => {
  const row = width * size;
  const bytes = await source.read(start + first * row, start + (first + count) * row);
  if (bytes.length < count * row) throw wrong(source, 'it ends too early');
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
};

const readForm = async (source: Source): Promise<Form> => {
  const head = Buffer.from(await source.read(0, Math.min(source.size, maxHeader + 12)));
  if (head.length < 12 || !head.subarray(0, magic.length).equals(magic))
    throw wrong(source, 'it does not begin as one');
  const version = head[6]!;
  if (version < 1 || version > 3) throw wrong(source, `it is of version ${version}`);
  const [length, from] = version === 1 ? [head.readUInt16LE(8), 10] : [head.readUInt32LE(8), 12];
  const start = from + length;
  if (length > maxHeader || start > head.length) throw wrong(source, 'its header is too long');
  const text = head.toString('latin1', from, start);
  const [, order = '', type = ''] = /'descr':\s*'([<>|=])([a-z]\d)'/.exec(text) ?? [];
  const [, fortran] = /'fortran_order':\s*(True|False)/.exec(text) ?? [];
  const [, shape] = /'shape':\s*\(([\d, ]*)\)/.exec(text) ?? [];
  if (!Object.hasOwn(readers, type)) throw wrong(source, 'its elements are no numbers of a known type');
  if (shape === undefined || fortran === undefined) throw wrong(source, 'its header cannot be read');
  const [rows, width = 1, ...more] = shape
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (rows === undefined || more.length > 0 || width < 1)
    throw wrong(source, 'it has neither one nor two axes');
  if (fortran === 'True' && width > 1)
    throw badArgument(
      `${source.name} is in Fortran's order`,
      'save it with numpy.save(file, numpy.ascontiguousarray(a))',
    );
  const size = Number(type[1]);
  if (start + rows * width * size !== source.size) throw wrong(source, 'its size is not that of its shape');
  return { type, little: order !== '>', size, rows, width, start };
};

const wrong = ({ name }: Source, why: string): Error =>
  badArgument(
    `${name} cannot be read as NPY: ${why}`,
    'give a file that numpy.save has made, of one or two axes',
  );
