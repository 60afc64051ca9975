/** The part of a file system a journal needs, handed in so that tests make it fail, tear and forget. */
export interface Disk {
  /** Creates the directory and those above it; it exists already: fine. */
  makeDirectory(path: string): Promise<void>;
  list(directory: string): Promise<readonly string[]>;
  /** A new, empty file; fails where one exists. */
  create(path: string): Promise<DiskFile>;
  open(path: string): Promise<DiskFile>;
  remove(path: string): Promise<void>;
  /**
   * Moves a file, or a directory with all that is in it, within the directory above it: at once, and durable when it
   * resolves. A file that stood there is replaced.
   */
  rename(from: string, to: string): Promise<void>;
  /** Makes created and removed names durable. */
  syncDirectory(path: string): Promise<void>;
  /** Held until the returned function is called or the process ends, however it ends. Null: somebody else holds it. */
  lock(path: string): Promise<(() => Promise<void>) | null>;
}

export interface DiskFile {
  /** Bytes read; 0 at the end of the file. */
  read(into: Uint8Array, at: number): Promise<number>;
  /** Bytes written: fewer than given is no error. */
  write(bytes: Uint8Array, at: number): Promise<number>;
  truncate(size: number): Promise<void>;
  size(): Promise<number>;
  /** Contents, and the size where reading them back needs it (fdatasync). */
  syncData(): Promise<void>;
  /** Contents and everything the file system knows of the file (fsync). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Fewer bytes than asked for only at the end of the file. */
export async function readFully(file: DiskFile, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await file.read(bytes.subarray(filled), at + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

export async function writeFully(file: DiskFile, bytes: Uint8Array, at: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const count = await file.write(bytes.subarray(written), at + written);
    if (count === 0)
      throw new Error(`the disk took ${written} of ${bytes.length} bytes and then none`);
    written += count;
  }
}
