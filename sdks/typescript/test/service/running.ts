// The running service that these tests are for, as whoever starts them says.
import { Transcribe } from "transcribe-client";

function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing: these tests are started by tests/sdks/typescript/.`);
  return value;
}

export const BASE_URL = given("TRANSCRIBE_BASE_URL");
export const API_KEY = given("TRANSCRIBE_API_KEY");
/** A recording of eleven seconds, as a file and at an address that the service may fetch. */
export const RECORDING = given("TEST_RECORDING");
export const RECORDING_URL = given("TEST_RECORDING_URL");
export const SPOKEN = /ask not what your country can do for you/i;

export const client = new Transcribe({ apiKey: API_KEY, baseUrl: BASE_URL });
