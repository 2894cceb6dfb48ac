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
const UNIQUE_VIOLATION = '23505';

export function createFileStore(database: Database): FileStore {
  const { prisma } = database;

  const write = async (scope: WorkspaceScope, file: NewFile): Promise<FileView> => {
    const { workspaceId } = scope;
    // The pieces first and one by one, so that no statement carries the whole file; the row makes it a file. Through
    // Prisma's engine each would be made a text three times.
    for (let number = 0; number * PIECE_BYTES < file.bytes.length; number += 1) {
      const piece = file.bytes.subarray(number * PIECE_BYTES, (number + 1) * PIECE_BYTES);
      await prisma.$executeRaw`
        INSERT INTO file_pieces (workspace_id, file_id, number, bytes) VALUES (${workspaceId}, ${file.id}, ${number}, ${piece})`;
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
        const code = (error as { code?: unknown } | null)?.code;
        const isKept = code === 'P2002' || code === UNIQUE_VIOLATION;
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
      const pieces = await prisma.$queryRaw<{ bytes: Uint8Array }[]>`
        SELECT bytes FROM file_pieces WHERE workspace_id = ${scope.workspaceId} AND file_id = ${fileId} ORDER BY number`;
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
