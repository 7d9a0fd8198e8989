// Which OpenID Connect providers people may sign in with: OIDC_PROVIDERS, a JSON list. Empty, the page offers passwords only.
import { z } from 'zod';

/** https, since a code and a secret go there; http on this machine alone, for trying things out. */
const issuer = z.url({ protocol: /^https?$/, error: 'expected an https URL' }).refine((text) => {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}, 'expected an https URL');

const claimValue = z.strictObject({ claim: z.string().min(1), value: z.string().min(1) });

/** A claim of the ID token, and a value that it is or has. */
export type ClaimValue = z.output<typeof claimValue>;

const provider = z.strictObject({
  /** In the redirect address, /api/auth/callback/<id>; changing it makes accounts new ones. */
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'expected 1 to 32 of a-z, 0-9 and -, beginning with a letter')
    .refine((id) => id !== 'credential', 'expected another id: “credential” means passwords'),
  /** On the button: “Continue with <name>”. */
  name: z.string().trim().min(1).max(60),
  /** Its discovery document is at <issuer>/.well-known/openid-configuration. */
  issuer,
  clientId: z.string().min(1),
  /** None for a public client; PKCE is used either way. */
  clientSecret: z.string().min(1).optional(),
  /** Asked for besides openid, profile and email. */
  scopes: z.array(z.string().regex(/^\S+$/, 'expected one word')).default([]),
  /** Whether somebody without an account gets one. */
  signUp: z.boolean().default(true),
  /** Whether signing out here also signs out there. */
  signOut: z.boolean().default(false),
  /** Whose sessions are an operator's. */
  operator: claimValue.optional(),
  /** How the provider says that it asked for a second factor, such as `amr` with `mfa` (RFC 8176, section 2); without it, none counts. */
  secondFactor: claimValue.optional(),
});

/** One provider. */
export type OidcProvider = z.output<typeof provider>;

const list = z
  .array(provider)
  .refine(
    (all) => new Set(all.map(({ id }) => id)).size === all.length,
    'expected each id only once',
  );

/** Reads the list; says what is wrong with which entry, and never a value of it. */
export const oidcProviders = z.string().transform((text, context): OidcProvider[] => {
  const read = list.safeParse(parsed(text));
  if (read.success) return read.data;
  for (const { path, message } of read.error.issues) {
    const [index, ...fields] = path;
    const place = typeof index === 'number' ? `entry ${index + 1}, ${fields.join('.')}: ` : '';
    context.addIssue({ code: 'custom', message: place + message });
  }
  return z.NEVER;
});

/** What is not JSON is refused like JSON of another form. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
