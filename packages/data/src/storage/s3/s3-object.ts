/** One object of an S3 store, by the requests that are made for it. The SDK is loaded with the first. */
import type {
  ListMultipartUploadsCommandInput,
  ListMultipartUploadsCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import { badArgument } from '../../bad-argument.js';
import type { S3Location } from '../location.js';
import { deadline, type Patience } from '../patience.js';
import { changed } from '../range.js';
import { isAbsent, isUnlisted, s3Error } from './s3-error.js';

type Sdk = typeof import('@aws-sdk/client-s3');

/** A part as the store has it. */
export interface SentPart {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
  readonly ChecksumCRC32: string | undefined;
}

/**
 * Where the store is and who asks is the SDK's to find: environment, profiles, roles. A store at an endpoint of its own is asked by path, since its
 * buckets have no hosts.
 */
const connect = async ({ S3Client }: Sdk): Promise<S3Client> => {
  const standard = new S3Client({});
  const endpoint = await standard.config.serviceConfiguredEndpoint?.();
  const region = await standard.config.region().catch(() => undefined);
  standard.destroy();
  if (endpoint === undefined && region === undefined)
    throw badArgument('nothing says in which region the bucket is', 'set AWS_REGION');
  return new S3Client({
    region: region ?? 'us-east-1',
    forcePathStyle: endpoint !== undefined,
    followRegionRedirects: endpoint === undefined,
  });
};

/** Errors are typed; those that may pass have code `timeout`. */
export class S3Object {
  readonly name: string;
  readonly #place: { readonly Bucket: string; readonly Key: string };

  private constructor(
    private readonly sdk: Sdk,
    private readonly client: S3Client,
    location: S3Location,
    readonly patience: Patience,
  ) {
    this.name = location.name;
    this.#place = { Bucket: location.bucket, Key: location.key };
  }

  static async at(location: S3Location, patience: Patience): Promise<S3Object> {
    const sdk = await import('@aws-sdk/client-s3');
    return new S3Object(sdk, await connect(sdk), location, patience);
  }

  close(): void {
    this.client.destroy();
  }

  async head(): Promise<{ readonly size: number; readonly tag: string | undefined }> {
    const found = await this.#ask('read', async (options) => {
      try {
        return await this.client.send(new this.sdk.HeadObjectCommand(this.#place), options);
      } catch (error) {
        if (isAbsent(error)) await this.#bucketOf(options);
        throw error;
      }
    });
    return { size: found.ContentLength ?? 0, tag: found.ETag };
  }

  /** Bytes start up to, not including, end, of the object as `tag` names it. */
  async get(start: number, end: number, tag: string | undefined): Promise<AsyncIterable<Uint8Array>> {
    const range = { Range: `bytes=${start}-${end - 1}`, ...(tag !== undefined && { IfMatch: tag }) };
    const command = new this.sdk.GetObjectCommand({ ...this.#place, ...range });
    const { Body } = await this.#ask(
      'read',
      (options) =>
        this.client.send(command, options).catch((error: unknown) => {
          throw isAbsent(error) ? changed(this.name) : error;
        }),
      end - start,
    );
    return Body as AsyncIterable<Uint8Array>;
  }

  async put(bytes: Uint8Array): Promise<void> {
    const command = new this.sdk.PutObjectCommand({ ...this.#place, Body: bytes });
    await this.#ask('written', (options) => this.client.send(command, options), bytes.length);
  }

  async remove(): Promise<void> {
    const command = new this.sdk.DeleteObjectCommand(this.#place);
    await this.#ask('removed', (options) => this.client.send(command, options));
  }

  /** Starts an upload in parts; returns its id. What the SDK sends with each part is to be checked with the whole. */
  async create(): Promise<string> {
    const checked = (await this.client.config.requestChecksumCalculation()) === 'WHEN_SUPPORTED';
    const command = new this.sdk.CreateMultipartUploadCommand({
      ...this.#place,
      ...(checked && { ChecksumAlgorithm: 'CRC32' as const }),
    });
    const { UploadId: id } = await this.#ask('written', (options) => this.client.send(command, options));
    if (id !== undefined) return id;
    throw badArgument(`${this.name} cannot be written in parts`, 'use a store that takes uploads in parts');
  }

  /** Sends a part, counted from 1. */
  async part(id: string, number: number, bytes: Uint8Array, signal: AbortSignal): Promise<SentPart> {
    const command = new this.sdk.UploadPartCommand({
      ...this.#place,
      UploadId: id,
      PartNumber: number,
      Body: bytes,
    });
    const sent = await this.#ask(
      'written',
      (options) => this.client.send(command, options),
      bytes.length,
      signal,
    );
    return { PartNumber: number, ETag: sent.ETag, ChecksumCRC32: sent.ChecksumCRC32 };
  }

  async complete(id: string, parts: readonly SentPart[]): Promise<void> {
    const command = new this.sdk.CompleteMultipartUploadCommand({
      ...this.#place,
      UploadId: id,
      MultipartUpload: { Parts: [...parts] },
    });
    await this.#ask('written', (options) => this.client.send(command, options));
  }

  async abort(id: string): Promise<void> {
    const command = new this.sdk.AbortMultipartUploadCommand({ ...this.#place, UploadId: id });
    await this.#ask('written', async (options) => {
      try {
        await this.client.send(command, options);
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
    });
  }

  /**
   * Uploads of exactly this object that were started before a time; none where they may not be listed. Those of others whose names begin alike come after
   * them.
   */
  async uploadsBefore(time: number): Promise<readonly string[]> {
    const { Key } = this.#place;
    const found: string[] = [];
    let page = await this.#uploadsAfter({});
    for (;;) {
      for (const { Key: key, UploadId: id, Initiated: started } of page.Uploads ?? [])
        if (key === Key && id !== undefined && started !== undefined && started.getTime() < time)
          found.push(id);
      if (page.IsTruncated !== true || page.NextKeyMarker !== Key) return found;
      page = await this.#uploadsAfter({ KeyMarker: Key, UploadIdMarker: page.NextUploadIdMarker });
    }
  }

  async #uploadsAfter(
    markers: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'>,
  ): Promise<ListMultipartUploadsCommandOutput> {
    const { Bucket, Key: Prefix } = this.#place;
    const command = new this.sdk.ListMultipartUploadsCommand({ Bucket, Prefix, ...markers });
    return this.#ask('written', (options) =>
      this.client.send(command, options).catch((error: unknown) => {
        if (!isUnlisted(error)) throw error;
        return { $metadata: {} };
      }),
    );
  }

  /** The answer to a question about an object has no words: whether the bucket is missing shows by asking for it. */
  async #bucketOf(options: { readonly abortSignal: AbortSignal }): Promise<void> {
    try {
      await this.client.send(new this.sdk.HeadBucketCommand({ Bucket: this.#place.Bucket }), options);
    } catch (error) {
      if (isAbsent(error)) throw Object.assign(error as Error, { name: 'NoSuchBucket' });
    }
  }

  async #ask<T>(
    what: string,
    act: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
    bytes = 0,
    signal?: AbortSignal,
  ): Promise<T> {
    try {
      return await act({ abortSignal: deadline(this.patience.answer, bytes, signal) });
    } catch (error) {
      throw s3Error(error, this.name, what);
    }
  }
}
