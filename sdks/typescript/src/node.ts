/** What Node has besides: files by their paths. Everything else is the same as in the other entry. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ExportedFile } from "./exported_files.js";
import { type Naming, type Recording, typeOf } from "./recordings.js";

export * from "./index.js";

/** The recording at a path. Of its bytes no more is read than is being sent; the whole of it is checked on arrival. */
export async function fromPath(path: string | URL, naming: Naming = {}): Promise<Recording> {
  const { size, mtimeMs } = await stat(path);
  const filename = naming.filename ?? basename(typeof path === "string" ? path : fileURLToPath(path));
  return {
    filename,
    contentType: naming.contentType ?? typeOf(filename),
    sizeBytes: size,
    async slice(start, end) {
      const file = await open(path);
      try {
        if ((await file.stat()).mtimeMs !== mtimeMs) throw new Error(`${filename} was changed while it was sent.`);
        const bytes = new Uint8Array(end - start);
        let filled = 0;
        while (filled < bytes.length) {
          const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
          if (bytesRead === 0) throw new Error(`${filename} ended early.`);
          filled += bytesRead;
        }
        return bytes;
      } finally {
        await file.close();
      }
    },
    async sha256() {
      const hash = createHash("sha256");
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
      return hash.digest("hex");
    },
    async md5(part) {
      const bytes = part instanceof Blob ? new Uint8Array(await part.arrayBuffer()) : part;
      return createHash("md5").update(bytes).digest("hex");
    },
  };
}

/** Writes a file into a folder, under its own name, and gives its path. */
export async function save(file: ExportedFile, folder: string): Promise<string> {
  const path = join(folder, file.filename);
  await writeFile(path, await file.bytes());
  return path;
}
