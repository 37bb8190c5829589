/** What WebHDFS answers, as errors that name the remedy. */
import { TriadError } from '@triad/protocol';
import { z } from 'zod';
import { badArgument } from '../../bad-argument.js';
import { passing } from '../patience.js';

/** Nobody sees it. */
export const tokenOf = (): string | undefined => process.env.HADOOP_DELEGATION_TOKEN || undefined;

const form = z.object({ RemoteException: z.object({ exception: z.string(), message: z.string() }) });

export interface Refusal {
  readonly status: number;
  /** The exception's name; empty where the answer is no exception. */
  readonly exception: string;
  readonly message: string;
}

export const refusalOf = (status: number, text: string): Refusal => {
  const { success, data } = form.safeParse(parseJson(text));
  const { exception, message } = success ? data.RemoteException : { exception: '', message: '' };
  return { status, exception, message };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Exceptions of servers that start, stand by, or have not yet ended what another asked for. */
const passingExceptions = [
  'AlreadyBeingCreatedException',
  'LeaseExpiredException',
  'NotReplicatedYetException',
  'RecoveryInProgressException',
  'RetriableException',
  'SafeModeException',
  'StandbyException',
];
const fullPattern =
  /QuotaExceededException|could only be (?:written|replicated) to \d|quota of .* is exceeded/;
const tokenPattern = /InvalidToken|AuthenticationException|SecretManager/;
const permissionPattern = /AccessControlException|SecurityException|AuthorizationException/;

/** `what` has been tried with a file. */
export const webHdfsError = (
  { status, exception, message }: Refusal,
  name: string,
  what: string,
): TriadError => {
  const refused = `${name} cannot be ${what}`;
  // A data node may wrap an exception into another: its name is then in the message.
  const said = `${exception} ${message}`;
  const known = passingExceptions.find((each) => said.includes(each));
  if (fullPattern.test(said))
    return new TriadError('limit', `${refused}: there is no room, or a quota is used up`, {
      remedy: 'make room there, raise the quota, or see that its data nodes run',
    });
  if (known !== undefined) return passing(name, `its server is not ready (${known})`);
  if (tokenPattern.test(said) || status === 401)
    return badArgument(
      `${refused}: its server wants to know who asks`,
      'set HADOOP_DELEGATION_TOKEN to a token that is valid, as `hdfs fetchdt` gets it',
    );
  if (permissionPattern.test(said))
    return badArgument(
      `${refused} by this user`,
      'have the permission granted, or name another user: webhdfs://USER@host:port/path',
    );
  if (exception === 'FileNotFoundException') return badArgument(`there is no ${name}`, 'correct its name');
  if (exception === '' && status < 500)
    return badArgument(
      `${refused}: its server is no WebHDFS (status ${status})`,
      'name the HTTP port of the name node, 9870 or 9871 as a rule',
    );
  if (status >= 500 && status !== 501) return passing(name, `its server failed (${exception || status})`);
  return badArgument(
    `${refused}: ${withoutToken(message.split('\n', 1)[0]!)}`,
    'see what its server asks for',
  );
};

const withoutToken = (text: string): string => {
  const token = tokenOf();
  return token === undefined ? text : text.replaceAll(token, '...');
};
