import type { Command, CommandIo } from '@sigill/firmware-bridge';
import { exitCodeOf } from '../commands/exit-code.ts';

/** A tool whose refusals are a sentence and an exit code. */
export function toolCommand(command: Command): Command {
  return {
    ...command,
    async run(args: readonly string[], io: CommandIo): Promise<number> {
      try {
        return await command.run(args, io);
      } catch (error) {
        const code = exitCodeOf(error);
        if (code === null) throw error;
        io.stderr.write(`sigill ${command.name}: ${(error as Error).message}\n`);
        return code;
      }
    },
  };
}
