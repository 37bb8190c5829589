import { local, openSession } from '@triad/protocol';

const main = async (): Promise<void> => {
  const sessions = await Promise.all(local(3).channels.map((channel) => openSession(channel)));
  sessions[0]!.op('hello').send(1, Uint8Array.of(1, 2, 3));
  const received = await sessions[1]!.op('hello').recv(0, 3);
  if (received.join() !== '1,2,3') throw new Error('another message arrived');
  await Promise.all(sessions.map((session) => session.close()));
  console.log('@triad/protocol works');
};

void main();
