import { network, rendezvous } from '@triad/net';
import { expect, it } from 'vitest';
import { surveyWages } from './wage-survey.js';

it('gives every company the mean and deviation of all wages, over sockets', async () => {
  const wages = [
    [51.2, 48, 66.6],
    [39.5, 120],
    [44.25, 58, 61, 72.75],
  ];
  const counts = [3, 2, 4] as const;
  const meeting = await rendezvous({ listen: '127.0.0.1:0' });
  const surveys = await Promise.all(
    ([0, 1, 2] as const).map((role) =>
      surveyWages(role, network({ job: 'wages', rendezvous: meeting.address }), {
        wages: wages[role]!,
        counts,
      }),
    ),
  );
  await meeting.close();
  const all = wages.flat();
  const mean = all.reduce((a, b) => a + b) / all.length;
  const deviation = Math.sqrt(all.reduce((sum, wage) => sum + (wage - mean) ** 2, 0) / all.length);
  for (const survey of surveys) {
    expect(survey.mean).toBeCloseTo(mean, 3);
    expect(survey.deviation).toBeCloseTo(deviation, 2);
  }
});
