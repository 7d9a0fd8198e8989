// The page's side of passkeys. The library that speaks with the browser (WebAuthn) is loaded when one is used.
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { AuthError, getAuth, postAuth } from './auth-api';

/** A passkey, as better-auth lists it. */
export interface Passkey {
  id: string;
  name: string | null;
  /** UTC instant, ISO 8601. */
  createdAt: string;
}

/** The query of the person's passkeys. */
export const passkeysOptions = {
  queryKey: ['passkeys'],
  queryFn: () => getAuth<Passkey[]>('/passkey/list-user-passkeys'),
};

/** Whether this browser has passkeys; only in the browser, and there only on https or localhost. */
export function browserHasPasskeys(): boolean {
  return 'PublicKeyCredential' in window;
}

/** The person closed the browser's dialog, or it took too long. */
export class PasskeyCancelled extends Error {
  override readonly name = 'PasskeyCancelled';
}

/** Signs in. @throws PasskeyCancelled, or AuthError with a text for the person */
export async function signInWithPasskey(): Promise<void> {
  const { startAuthentication } = await library();
  const optionsJSON = await getAuth<PublicKeyCredentialRequestOptionsJSON>(
    '/passkey/generate-authenticate-options',
  );
  // The server refuses a passkey whose device has not checked its person; its options only prefer that.
  const response = await ceremony(() =>
    startAuthentication({ optionsJSON: { ...optionsJSON, userVerification: 'required' } }),
  );
  await postAuth('/passkey/verify-authentication', { response });
}

/** Adds a passkey to the account. @throws like {@link signInWithPasskey} */
export async function addPasskey(name: string): Promise<void> {
  const { startRegistration } = await library();
  const optionsJSON = await getAuth<PublicKeyCredentialCreationOptionsJSON>(
    '/passkey/generate-register-options',
  );
  const response = await ceremony(() => startRegistration({ optionsJSON }));
  await postAuth('/passkey/verify-registration', { response, name });
}

async function library() {
  try {
    return await import('@simplewebauthn/browser');
  } catch {
    throw new AuthError(0, '');
  }
}

async function ceremony<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    // WebAuthn, section 14.5.1: a browser does not say whether the person refused or has no passkey
    const { name } = error as Error;
    if (name === 'NotAllowedError' || name === 'AbortError') throw new PasskeyCancelled();
    throw error;
  }
}
