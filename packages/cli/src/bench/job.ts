import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keys } from '@triad/net';
import { finishAll, startParty } from '../party-process.js';
import { type Measures, median, type PartyCase, type Reference, type Result } from './case.js';
import { delayedMeeting, directMeeting } from './meeting.js';
import type { PartyReport } from './party.js';

const meetingRole = 'rendezvous';

export interface JobBench {
  readonly link: 'plain' | 'tls';
  readonly runs: number;
}

const rolesOf = ({ parties = 3 }: PartyCase): string[] =>
  Array.from({ length: parties }, (_, r) => String(r));

/** Starts the parties of a benchmark on this machine and puts their reports together. */
export const benchJob = async (
  each: PartyCase,
  reference: Reference,
  { link, runs }: JobBench,
): Promise<Result> => {
  const reports = await partyReports(each, link, runs);
  const slowest = reports[0]!.seconds.map((_, run) =>
    Math.max(...reports.map(({ seconds }) => seconds[run]!)),
  );
  const seconds = median(slowest);
  const measures = largest(reports.flatMap(({ measures }) => (measures === undefined ? [] : [measures])));
  return {
    name: each.name,
    size: each.size,
    parties: reports.length,
    threads: 1,
    link,
    seconds,
    min: Math.min(...slowest),
    max: Math.max(...slowest),
    runs,
    rounds: each.rounds,
    bytesPerParty: reports.map(({ bytes }) => bytes),
    peakRssMB: Math.max(...reports.map(({ peakRssMB }) => peakRssMB)),
    reference,
    ratio: seconds / reference.seconds,
    ...(measures && { measures }),
  };
};

/** Of each measure the largest any party has. */
const largest = (all: readonly Measures[]): Measures | undefined => {
  if (all.length === 0) return undefined;
  const names = Object.keys(all[0]!);
  return Object.fromEntries(names.map((name) => [name, Math.max(...all.map((each) => each[name]!))]));
};

const partyReports = async (each: PartyCase, link: 'plain' | 'tls', runs: number): Promise<PartyReport[]> => {
  const { name, delay } = each;
  const roles = rolesOf(each);
  const job = `bench-${randomBytes(6).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'triad-bench-'));
  const reports: PartyReport[] = [];
  const secrets = link === 'tls' ? await keys(job, [...roles, meetingRole]) : [];
  const tls = secrets.find(({ role }) => role === meetingRole);
  const meeting = await (delay === undefined ? directMeeting(tls) : delayedMeeting(roles, delay));
  try {
    const start = async (role: string) => {
      const credentials = secrets.find((each) => each.role === role);
      const file = join(folder, `${role}.json`);
      if (credentials !== undefined) await writeFile(file, JSON.stringify(credentials), { mode: 0o600 });
      const options = JSON.stringify({ job, parties: roles.length, ...meeting.optionsOf(role) });
      const words = ['bench-party', name, role, String(runs), options, ...(credentials ? [file] : [])];
      return startParty(role, [...words, '--json'], (record) => {
        reports[Number(role)] = record as PartyReport;
      });
    };
    await finishAll(await Promise.all(roles.map(start)));
  } finally {
    await meeting.close();
    await rm(folder, { recursive: true });
  }
  return reports;
};
