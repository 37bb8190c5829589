/** What an S3 store answers, as errors that name the remedy. The SDK's own errors go no further: they hold signed requests. */
import { TriadError } from '@triad/protocol';
import { badArgument } from '../../bad-argument.js';
import { connectionError, passing } from '../patience.js';
import { changed } from '../range.js';

interface Answer extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: object;
}

const credentialsRemedy =
  'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, to credentials that may do this';

const wrongCredentials = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'TokenRefreshRequired',
]);

const full = new Set(['EntityTooLarge', 'InsufficientStorage', 'QuotaExceeded', 'XMinioStorageFull']);
const wrongRegion = new Set([
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraint',
  'PermanentRedirect',
]);
const interrupted = new Set([
  'BadDigest',
  'IncompleteBody',
  'InternalError',
  'RequestTimeout',
  'SlowDown',
  'Throttling',
]);

const statusOf = (error: unknown): number | undefined => (error as Answer).$metadata?.httpStatusCode;

/** Whether the store answers that something is not there. */
export const isAbsent = (error: unknown): boolean => statusOf(error) === 404;

/** Whether the store does not list uploads, or not for everybody who may write. */
export const isUnlisted = (error: unknown): boolean =>
  (error as Answer).name === 'AccessDenied' || [405, 501].includes(statusOf(error) ?? 0);

/** `what` has been tried with an object. */
export const s3Error = (error: unknown, name: string, what: string): unknown => {
  if (error instanceof TriadError || !(error instanceof Error)) return error;
  const status = statusOf(error);
  const bucket = name.split('/', 3).join('/');
  const refused = `${name} cannot be ${what}`;
  if (wrongCredentials.has(error.name))
    return badArgument(`${refused}: its store knows no such credentials`, credentialsRemedy);
  if (error.name === 'NoSuchBucket')
    return badArgument(`there is no ${bucket}`, 'make the bucket, or correct its name');
  if (wrongRegion.has(error.name) || status === 301)
    return badArgument(`${bucket} is in another region`, 'set AWS_REGION to it');
  if (full.has(error.name) || status === 507)
    return new TriadError('limit', `${refused}: its store has no room for it`, { remedy: 'make room there' });
  if (mayComeBack(error, status)) return passing(name, `its store is busy (${error.name})`);
  if (status === 412) return changed(name);
  if (error.name === 'NoSuchUpload')
    return new TriadError('closed', `the upload of ${name} was ended by somebody else`, {
      remedy: 'start again',
    });
  if (status === 404) return badArgument(`there is no ${name}`, 'correct its name');
  if (status === 401 || status === 403)
    return badArgument(`${refused} with these credentials`, credentialsRemedy);
  return (
    connectionError(error, name) ?? badArgument(`${refused}: ${error.message}`, 'see what its store asks for')
  );
};

const mayComeBack = ({ name, $retryable }: Answer, status = 0): boolean =>
  interrupted.has(name) ||
  $retryable !== undefined ||
  status === 408 ||
  status === 429 ||
  (status >= 500 && status !== 501 && status !== 507);
