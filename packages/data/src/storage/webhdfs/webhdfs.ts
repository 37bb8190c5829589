/** HDFS over HTTP: the requests of WebHDFS, which name nodes and HttpFS answer. */
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { badArgument } from '../../bad-argument.js';
import type { WebHdfsLocation } from '../location.js';
import { connectionError, deadline, type Patience, passing } from '../patience.js';
import { exchange, type Question, textOf } from './exchange.js';
import { refusalOf, tokenOf, webHdfsError } from './webhdfs-error.js';

const size = z.number().int().min(0);
const statusForm = z.object({
  type: z.enum(['FILE', 'DIRECTORY', 'SYMLINK']),
  length: size,
  modificationTime: size,
  /** Stays with a file when it is renamed; 0 where a server does not tell. */
  fileId: size.default(0),
  pathSuffix: z.string().default(''),
});

export type FileStatus = z.infer<typeof statusForm>;

const foundForm = z.object({ FileStatus: statusForm });

const listingForm = z.object({
  DirectoryListing: z.object({
    partialListing: z.object({ FileStatuses: z.object({ FileStatus: z.array(statusForm) }) }),
    remainingEntries: size,
  }),
});
const truthForm = z.object({ boolean: z.boolean() });

type Parameters = Readonly<Record<string, string | number | boolean>>;

interface Request {
  readonly method: Question['method'];
  readonly op: string;
  readonly path: string;
  /** As errors say it: `name cannot be read`. */
  readonly what: 'read' | 'written' | 'removed';
  readonly parameters?: Parameters;
  readonly body?: Uint8Array;
  /** Of the answer. */
  readonly bytes?: number;
  readonly signal?: AbortSignal;
  /** Exceptions that are an answer, too. */
  readonly expected?: string;
}

/** Paths are from the root. Errors are typed; those that may pass have code `timeout`. */
export class WebHdfs {
  readonly name: string;

  constructor(
    private readonly location: WebHdfsLocation,
    readonly patience: Patience,
  ) {
    this.name = location.name;
  }

  async status(path: string, what: Request['what'] = 'read'): Promise<FileStatus> {
    return this.#status(await this.#ask({ method: 'GET', op: 'GETFILESTATUS', path, what }));
  }

  /** As `status`; undefined for what is not there. */
  async find(path: string): Promise<FileStatus | undefined> {
    const expected = 'FileNotFoundException';
    const text = await this.#ask({ method: 'GET', op: 'GETFILESTATUS', path, what: 'read', expected });
    return text === '' ? undefined : this.#status(text);
  }

  /** Files of a folder that come after a name, in the order of their bytes; some of them. */
  async list(path: string, startAfter: string): Promise<readonly FileStatus[]> {
    const request = { method: 'GET', op: 'LISTSTATUS_BATCH', path, what: 'written' } as const;
    // Name nodes and HttpFS spell it differently.
    const text = await this.#ask({ ...request, parameters: { startAfter, startafter: startAfter } });
    return this.#parse(text, listingForm).DirectoryListing.partialListing.FileStatuses.FileStatus;
  }

  async open(path: string, offset: number, length: number): Promise<AsyncIterable<Uint8Array>> {
    const request = { method: 'GET', op: 'OPEN', path, what: 'read', bytes: length } as const;
    const answer = await this.#carry({ ...request, parameters: { offset, length } });
    if (!isGood(answer)) await this.#text(answer, request);
    return answer;
  }

  /** Makes an empty file, and the folders above it. One that is there by now has been made by this very request, whose answer was lost. */
  async create(path: string, mode: number): Promise<void> {
    const parameters = { overwrite: false, createparent: true, permission: mode.toString(8) };
    const expected = 'FileAlreadyExistsException';
    const request = { method: 'PUT', op: 'CREATE', path, what: 'written', parameters, expected } as const;
    await this.#text(await this.#carry({ ...request, body: new Uint8Array() }), request);
  }

  async append(path: string, body: Uint8Array, signal?: AbortSignal): Promise<void> {
    const request = { method: 'POST', op: 'APPEND', path, what: 'written' } as const;
    await this.#text(
      await this.#carry({ ...request, body, ...(signal !== undefined && { signal }) }),
      request,
    );
  }

  /** Cuts a file that nobody writes to; false while its last block is not yet what it will be. */
  async truncate(path: string, newlength: number): Promise<boolean> {
    const request = { method: 'POST', op: 'TRUNCATE', path, what: 'written' } as const;
    return this.#truth(await this.#ask({ ...request, parameters: { newlength } }));
  }

  /** Puts a file in the place of whatever file is there; false where the server would not. */
  async replace(path: string, destination: string): Promise<boolean> {
    const parameters = { destination, renameoptions: 'OVERWRITE' };
    const text = await this.#ask({ method: 'PUT', op: 'RENAME', path, what: 'written', parameters });
    return text === '' || this.#truth(text);
  }

  async rename(path: string, destination: string): Promise<boolean> {
    const request = { method: 'PUT', op: 'RENAME', path, what: 'written' } as const;
    return this.#truth(await this.#ask({ ...request, parameters: { destination } }));
  }

  /** Removes a file, if there is one. */
  async remove(path: string): Promise<void> {
    const request = { method: 'DELETE', op: 'DELETE', path, what: 'removed' } as const;
    this.#truth(await this.#ask({ ...request, parameters: { recursive: false } }));
  }

  /** What the name node alone answers; empty for an exception that is expected. */
  async #ask(request: Request): Promise<string> {
    return this.#text(await this.#send(this.#url(request), request), request);
  }

  /** What a data node is sent or sends: the name node says which one. The bytes go there alone. */
  async #carry(request: Request): Promise<IncomingMessage> {
    const { body, ...first } = request;
    const answer = await this.#send(this.#url(request), first);
    const place = answer.headers.location;
    if (answer.statusCode === 307 && place !== undefined) {
      await this.#read(answer);
      return this.#send(this.#trusted(place), request);
    }
    if (body === undefined || !isGood(answer)) return answer;
    throw badArgument(`${this.name} cannot be written: its server names no data node`, notWebHdfs);
  }

  /** The place has a token in it: it does not go over a plain connection when the name was one of `swebhdfs`. */
  #trusted(place: string): URL {
    const url = URL.canParse(place) ? new URL(place) : undefined;
    const secure = this.location.origin.startsWith('https:');
    if (url?.protocol === 'https:' || (url?.protocol === 'http:' && !secure)) return url;
    throw badArgument(
      `${this.name}: its server sends bytes over a plain connection`,
      'let its data nodes use TLS',
    );
  }

  #url({ path, op, parameters = {} }: Request): URL {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    const url = new URL(`${this.location.origin}/webhdfs/v1${encoded}`);
    url.searchParams.set('op', op);
    const token = tokenOf();
    if (token !== undefined) url.searchParams.set('delegation', token);
    else if (this.location.user !== undefined) url.searchParams.set('user.name', this.location.user);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, String(value));
    return url;
  }

  async #send(url: URL, { method, body, bytes = 0, signal: stop }: Request): Promise<IncomingMessage> {
    const signal = deadline(this.patience.answer, bytes + (body?.length ?? 0), stop);
    try {
      return await exchange(url, { method, signal, ...(body !== undefined && { body }) });
    } catch (error) {
      throw this.#broken(error);
    }
  }

  async #text(answer: IncomingMessage, { what, expected }: Request): Promise<string> {
    const text = await this.#read(answer);
    if (isGood(answer)) return text;
    const refusal = refusalOf(answer.statusCode ?? 0, text);
    if (refusal.exception === expected) return '';
    throw webHdfsError(refusal, this.name, what);
  }

  /** To its end, so that the connection can be used again. */
  async #read(answer: IncomingMessage): Promise<string> {
    try {
      return await textOf(answer);
    } catch (error) {
      throw this.#broken(error);
    }
  }

  #broken(error: unknown): unknown {
    return connectionError(error, this.name) ?? passing(this.name, 'its server breaks off');
  }

  #status(text: string): FileStatus {
    return this.#parse(text, foundForm).FileStatus;
  }

  #truth(text: string): boolean {
    return this.#parse(text, truthForm).boolean;
  }

  #parse<T>(text: string, form: z.ZodType<T>): T {
    try {
      return form.parse(JSON.parse(text));
    } catch {
      throw badArgument(`${this.name}: its server does not answer as WebHDFS does`, notWebHdfs);
    }
  }
}

const notWebHdfs = 'name the HTTP port of the name node';

const isGood = ({ statusCode = 0 }: IncomingMessage): boolean => statusCode >= 200 && statusCode < 300;
