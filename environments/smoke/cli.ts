import { job } from '@triad/cli';

const main = async () => {
  process.argv = [
    ...process.argv.slice(0, 2),
    ...['--role', '1', '--job', 'smoke', '--peers', '127.0.0.1:8700,127.0.0.1:8701,127.0.0.1:8702'],
    ...['--', '--epochs', '3'],
  ];
  const { role, network, args, traffic, input } = job({ outside: ['bank'] });
  if (role !== 1 || network.outside?.join() !== 'bank') throw new Error('the command line was misread');
  if (args.join(' ') !== '--epochs 3') throw new Error("the program's own arguments are lost");
  if (traffic().sent.bytes !== 0) throw new Error('nothing has been sent yet');
  const message = await input('x')().then(
    () => '',
    (error: Error) => error.message,
  );
  if (!message.includes('--csv x=FILE')) throw new Error(`a missing input has no remedy: ${message}`);
  console.log('@triad/cli works');
};

void main();
