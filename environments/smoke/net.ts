import { inMemory, keys, network, rendezvous } from '@triad/net';

const main = async (): Promise<void> => {
  const [own] = await keys('smoke', ['0']);
  if (!own?.cert.startsWith('-----BEGIN CERTIFICATE-----')) throw new Error('a certificate looks otherwise');
  const board = await rendezvous({ listen: '127.0.0.1:0' });
  const roles = [0, 1, 2];
  for (const net of [inMemory(), network({ job: 'smoke', rendezvous: board.address })]) {
    const channels = await Promise.all(roles.map((role) => net.join(role, { program: 'smoke' })));
    const address = { step: 0, index: 0, path: 0 };
    channels[2]!.send(0, address, Uint8Array.of(1, 2, 3));
    const received = await channels[0]!.recv(2, address);
    if (received.join() !== '1,2,3') throw new Error('another message arrived');
    await Promise.all(channels.map((channel) => channel.close()));
  }
  await board.close();
  console.log('@triad/net works');
};

void main();
