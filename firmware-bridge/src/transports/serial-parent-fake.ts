/**
 * A program that holds the port it is told until it is killed, and prints the process id of the holder.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createSerialTransport } from './serial.ts';

const transport = createSerialTransport({ path: process.argv[2] ?? '', baudRate: 115_200 });
transport.start({
  chunk: () => {},
  state: ({ status }) => {
    if (status === 'open') process.stdout.write(`${childOf(process.pid)}\n`);
  },
});

// The fourth field of /proc/PID/stat is the parent; the second, a name, may hold spaces but ends with a bracket.
function childOf(pid: number): string | undefined {
  return readdirSync('/proc').find((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]) === pid;
    } catch {
      return false;
    }
  });
}
