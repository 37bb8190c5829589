/** Whether a node could use its data directory. Nothing stays behind. */
import { randomBytes } from 'node:crypto';
import { open, readFile, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type RoleCredentials, subjectOf } from '@triad/net';
import { holderOf } from '@triad/node';
import { formatBytes } from '../quantity.js';
import { type Finding, failed, ok, skipped, warning } from './finding.js';

const little = 1e9;
const tooLittle = 64e6;

/** Looks at a folder that `triad node --data` would use; it need not be there yet. */
export const checkData = async (
  folder: string,
  identity: RoleCredentials | undefined,
): Promise<Finding[]> => {
  const path = resolve(folder);
  const near = await nearest(path);
  const trouble = await writingTrouble(near);
  if (trouble !== undefined) {
    const what = near === path ? `${path} ${trouble}` : `${path} cannot be made: ${near} ${trouble}`;
    const remedy = 'name a folder that this user may write to';
    const values = { folder: path };
    return [failed('data: folder', { what, remedy, values }), skipped('data: the rest', 'it cannot be used')];
  }
  const what = near === path ? `${path} can be written to` : `${path} can be made`;
  return [
    ok('data: folder', what, { folder: path, exists: near === path }),
    ...(await checkOwner(path, identity)),
    checkSpace(await spaceAt(near)),
    await checkUse(path),
  ];
};

/** The path, or what is there of those above it. */
const nearest = async (path: string): Promise<string> => {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined || dirname(path) === path ? path : nearest(dirname(path));
};

/** Why no file can be made in a folder: modes alone do not say it. */
const writingTrouble = async (folder: string): Promise<string | undefined> => {
  const trial = join(folder, `.triad-doctor-${randomBytes(6).toString('hex')}`);
  try {
    await (await open(trial, 'wx', 0o600)).close();
    await rm(trial);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOTDIR' ? 'is no folder' : `cannot be written to (${code})`;
  }
};

/** A data directory is one role's. */
const checkOwner = async (path: string, identity: RoleCredentials | undefined): Promise<Finding[]> => {
  const text = await readFile(join(path, 'node.json'), 'utf8').catch(() => undefined);
  if (identity === undefined || text === undefined) return [];
  const { federation, role } = subjectOf(identity);
  if (text.trim() === JSON.stringify({ federation, role }))
    return [ok('data: owner', `it is of node ${role} of ${federation}`)];
  const what = `${path} is not of node ${role} of ${federation}`;
  return [failed('data: owner', { what, remedy: 'give every node a data directory of its own' })];
};

const spaceAt = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** Of so many free bytes. */
export const checkSpace = (bytes: number): Finding => {
  const check = 'data: space';
  const what = `${formatBytes(bytes)} free`;
  if (bytes >= little) return ok(check, what, { bytes });
  const remedy = 'make room, or name a folder on another disk: shares and checkpoints are kept here';
  const trouble = { what, remedy, values: { bytes } };
  return bytes < tooLittle ? failed(check, trouble) : warning(check, trouble);
};

/** For information: a node that runs is in use. */
const checkUse = async (path: string): Promise<Finding> => {
  const holder = await holderOf(path);
  if (holder === undefined) return ok('data: use', 'no process uses it');
  return ok('data: use', `in use by process ${holder.process} of ${holder.host}`, { ...holder });
};
