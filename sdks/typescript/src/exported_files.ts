/** A file that the API made of a transcript. */
export class ExportedFile {
  /** A sensible name for it, as the API says. */
  readonly filename: string;
  readonly mediaType: string;
  /** Its bytes. */
  readonly blob: Blob;

  constructor(blob: Blob, headers: Headers) {
    this.blob = blob;
    this.mediaType = headers.get("Content-Type")?.split(";")[0]?.trim() ?? "application/octet-stream";
    this.filename = filenameOf(headers.get("Content-Disposition") ?? "");
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.blob.arrayBuffer());
  }

  text(): Promise<string> {
    return this.blob.text();
  }
}

/** The name in a Content-Disposition (RFC 6266), the encoded one before the plain; no folder is part of it. */
function filenameOf(disposition: string): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  const plain = /filename="?([^";]+)"?/i.exec(disposition)?.[1];
  const name = (encoded === undefined ? plain : decodeURIComponent(encoded)) ?? "";
  return name.split(/[/\\]/).pop() || "transcript";
}
