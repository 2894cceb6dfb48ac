import type { FileView } from '../domain/views.js';
import type { Database } from './database.js';
import { isDatabaseUnavailable, isOutOfRoom } from './database-failure.js';
import type { WorkspaceScope } from './scope.js';

export interface NewFile {
  id: string;
  name: string;
  contentType: string;
  sha256: string;
  createdBy: string;
  /** Uploaded for a message that is yet to come; when none takes it, it goes again. */
  isForLater?: boolean;
  bytes: Buffer;
}

/** What agents attach, in the database: every process sees it, and one backup holds all. */
export interface FileStore {
  /**
   * @throws FileStoreError when it cannot be kept, though the database is there: nothing of it stays behind. An id that is
   * taken throws as well, and whatever has it stays as it is.
   */
  add(scope: WorkspaceScope, file: NewFile): Promise<FileView>;
  find(scope: WorkspaceScope, fileId: string): Promise<FileView | undefined>;
  /** A message takes it: from now on it stays. */
  take(scope: WorkspaceScope, fileId: string): Promise<FileView | undefined>;
  read(scope: WorkspaceScope, fileId: string): Promise<Buffer>;
}

/** Files cannot be kept just now. The message is for the operator. */
export class FileStoreError extends Error {
  override readonly name = 'FileStoreError';
  readonly code = 'file_store_failed';

  constructor(reason: string) {
    super(
      `The bridge cannot keep files just now (${reason}): its store is full or not writable. Make room on the disk of ` +
        'DATA_DIR, or on that of the database server. It is tried again by itself.',
    );
  }
}

const PIECE_BYTES = 1_048_576;

export function createFileStore(database: Database): FileStore {
  const { prisma } = database;

  const write = async (scope: WorkspaceScope, file: NewFile): Promise<FileView> => {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for (let from = 0; from < file.bytes.length; from += PIECE_BYTES) {
      pieces.push(Uint8Array.from(file.bytes.subarray(from, from + PIECE_BYTES)));
    }
    const { workspaceId } = scope;
    // The pieces first and one by one, so that no statement carries the whole file; the row makes it a file.
    for (const [number, bytes] of pieces.entries()) {
      await prisma.filePiece.create({ data: { workspaceId, fileId: file.id, number, bytes } });
    }
    const row = await prisma.file.create({
      data: {
        workspaceId,
        id: file.id,
        name: file.name,
        contentType: file.contentType,
        sizeBytes: file.bytes.length,
        sha256: file.sha256,
        createdBy: file.createdBy,
        unusedSince: file.isForLater === true ? new Date() : null,
      },
    });
    return fileView(row);
  };

  return {
    async add(scope, file) {
      try {
        return await write(scope, file);
      } catch (error) {
        const isKept = (error as { code?: unknown } | null)?.code === 'P2002';
        if (isKept || (isDatabaseUnavailable(error) && !isOutOfRoom(error))) throw error;
        // What is left of it would take the room that there is.
        const { workspaceId } = scope;
        await prisma.filePiece.deleteMany({ where: { workspaceId, fileId: file.id } }).catch(() => undefined);
        throw new FileStoreError(isOutOfRoom(error) ? 'no room' : 'writing failed');
      }
    },

    async find(scope, fileId) {
      const row = await prisma.file.findUnique({
        where: { workspaceId_id: { workspaceId: scope.workspaceId, id: fileId } },
      });
      return row === null ? undefined : fileView(row);
    },

    async take(scope, fileId) {
      const [row] = await prisma.file.updateManyAndReturn({
        where: { workspaceId: scope.workspaceId, id: fileId },
        data: { unusedSince: null },
      });
      return row === undefined ? undefined : fileView(row);
    },

    async read(scope, fileId) {
      const pieces = await prisma.filePiece.findMany({
        where: { workspaceId: scope.workspaceId, fileId },
        orderBy: { number: 'asc' },
      });
      return Buffer.concat(pieces.map((piece) => piece.bytes));
    },
  };
}

const fileView = (row: {
  id: string;
  name: string;
  contentType: string;
  sizeBytes: number;
  createdAt: Date;
}): FileView => ({
  id: row.id,
  name: row.name,
  contentType: row.contentType,
  sizeBytes: row.sizeBytes,
  createdAt: row.createdAt,
});
