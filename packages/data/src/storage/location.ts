/** Places by their names: a path, a `file:` URL, `s3://bucket/key`, or `webhdfs://[user@]host[:port]/path`. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { badArgument } from '../bad-argument.js';

export interface LocalLocation {
  readonly kind: 'local';
  readonly path: string;
}

export interface S3Location {
  readonly kind: 's3';
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
}

export interface WebHdfsLocation {
  readonly kind: 'webhdfs';
  /** Without user. */
  readonly name: string;
  /** `http://host:port` or `https://host:port`. */
  readonly origin: string;
  readonly user: string | undefined;
  /** From the root. */
  readonly path: string;
}

export type Location = LocalLocation | S3Location | WebHdfsLocation;

const forms = 'name a path, file:///path, s3://bucket/key or webhdfs://[user@]host:port/path';

/** A scheme has two letters at least: one is a drive. */
const urlPattern = /^([a-z][a-z0-9+.-]+):\/\/(.*)$/is;

/**
 * What a place's name means. Names of objects and files are taken as they are: nothing in them is decoded. Throws `bad-argument`, without what might be
 * a password, for names that are of none of the forms.
 */
export const parseLocation = (text: string): Location => {
  if (/^file:/i.test(text)) return { kind: 'local', path: pathOf(text) };
  const url = urlPattern.exec(text);
  if (url === null) {
    if (text === '') throw badArgument('a place has no name', forms);
    return { kind: 'local', path: text };
  }
  const [scheme, rest] = [url[1]!.toLowerCase(), url[2]!];
  if (scheme === 's3') return parseS3(rest);
  if (scheme === 'webhdfs' || scheme === 'swebhdfs') return parseWebHdfs(scheme, rest);
  throw badArgument(`'${scheme}://' is no storage that is known here`, forms);
};

const pathOf = (text: string): string => {
  try {
    return fileURLToPath(text);
  } catch {
    throw badArgument('a file: URL names no file of this machine', 'write file:///path');
  }
};

const parseS3 = (rest: string): S3Location => {
  const slash = rest.indexOf('/');
  const [bucket, key] = slash < 0 ? [rest, ''] : [rest.slice(0, slash), rest.slice(slash + 1)];
  if (bucket.includes('@'))
    throw badArgument(
      'the name of an S3 object has a user in it',
      'leave it out, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE',
    );
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(bucket))
    throw badArgument('the name of an S3 object names no bucket', 'write s3://bucket/key');
  if (key === '' || key.endsWith('/') || Buffer.byteLength(key) > 1024)
    throw badArgument(
      `s3://${bucket} is named with no object in it`,
      'write s3://bucket/key, with a key of up to 1024 bytes that does not end in a slash',
    );
  return { kind: 's3', name: `s3://${bucket}/${key}`, bucket, key };
};

const defaultPorts = { webhdfs: 9870, swebhdfs: 9871 } as const;

const parseWebHdfs = (scheme: 'webhdfs' | 'swebhdfs', rest: string): WebHdfsLocation => {
  const [, authority = '', path = ''] = /^([^/]*)(.*)$/s.exec(rest) ?? [];
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? undefined : authority.slice(0, at);
  const host = authority.slice(at + 1);
  if (user !== undefined && !/^[A-Za-z_][A-Za-z0-9._-]*[$]?$/.test(user))
    throw badArgument(
      `the name of a ${scheme} file has something other than a user before its '@'`,
      `write ${scheme}://user@host:port/path; a delegation token goes into HADOOP_DELEGATION_TOKEN`,
    );
  const [, name, port = String(defaultPorts[scheme])] =
    /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(host) ?? [];
  if (name === undefined || Number(port) > 65535)
    throw badArgument(`the name of a ${scheme} file names no host`, `write ${scheme}://host:port/path`);
  const parts = path.split('/').slice(1);
  if (parts.length === 0 || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw badArgument(
      `${scheme}://${name}:${port} is named with no file in it`,
      `write ${scheme}://host:port/path, without '//', '.' and '..' in the path`,
    );
  const origin = `${scheme === 'webhdfs' ? 'http' : 'https'}://${name}:${port}`;
  return { kind: 'webhdfs', name: `${scheme}://${name}:${port}${path}`, origin, user, path };
};

/** The place of a file in a folder: of this machine, of a bucket, or of HDFS. */
export const locationIn = (folder: string, file: string): string => {
  if (/^file:/i.test(folder)) return join(pathOf(folder), file);
  return urlPattern.test(folder) ? `${folder.replace(/\/+$/, '')}/${file}` : join(folder, file);
};
