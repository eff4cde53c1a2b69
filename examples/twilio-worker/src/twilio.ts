/** Whether a request comes from Twilio: X-Twilio-Signature is the HMAC-SHA1 of the URL and its sorted form fields. */
export async function isFromTwilio(
  signature: string | null,
  url: string,
  fields: Record<string, string>,
  authToken: string,
): Promise<boolean> {
  const signed =
    url +
    Object.keys(fields)
      .sort()
      .map((name) => name + fields[name])
      .join("");
  const hmac = { name: "HMAC", hash: "SHA-1" };
  const key = await crypto.subtle.importKey("raw", encoded(authToken), hmac, false, ["verify"]);
  return crypto.subtle.verify("HMAC", key, decoded(signature ?? ""), encoded(signed)); // In constant time.
}

/** The Authorization header that Twilio's recordings are fetched with. */
export function basicAuth(user: string, password: string): string {
  return `Basic ${btoa(`${user}:${password}`)}`;
}

function encoded(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}
