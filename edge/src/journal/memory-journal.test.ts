import { testJournal } from './journal-contract.ts';
import { createMemoryJournal } from './memory-journal.ts';

testJournal(async (options) => createMemoryJournal(options));
