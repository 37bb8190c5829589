export { type Manifest, manifestBytes, manifestLabel } from './share/manifest.js';
export { openShare, type ShareSet, type Verifier } from './share/share-file.js';
export { type ShareTableOptions, type Sign, shareTable } from './share/share-table.js';
export { createFile, fileError, openFile, writeFileWhole } from './storage/local.js';
export type { Sink, Source } from './storage/storage.js';
export { type OpenTableOptions, openTable, type TableFormat } from './table/open-table.js';
export { type Column, encodedColumns, parseSchema, type Schema } from './table/schema.js';
export type { Table, TableOptions } from './table/table.js';
