// The arguments of `deploy` and `release` as what a deploy takes: each argument's place in it stands once, here.
import type { Directory, Secret } from '@dagger.io/dagger';
import type { DeployOptions } from './deploy.ts';

/** The arguments by their names on the command line, in camelCase. */
export interface DeployArguments {
  readonly env: 'local' | 'cloud';
  readonly kubeconfig: Secret | undefined;
  readonly context: string | undefined;
  readonly ociConfig: Secret | undefined;
  readonly ociKey: Secret | undefined;
  readonly oidcRequestUrl: Secret | undefined;
  readonly oidcRequestToken: Secret | undefined;
  readonly databaseUrl: Secret | undefined;
  readonly databaseDirectUrl: Secret | undefined;
  readonly betterAuthSecret: Secret | undefined;
  readonly appApiToken: Secret | undefined;
  readonly daprApiToken: Secret | undefined;
  readonly smtpUrl: Secret | undefined;
  readonly vapidPrivateKey: Secret | undefined;
  readonly chatApiKey: Secret | undefined;
  readonly oidcProviders: Secret | undefined;
  readonly releaseNamespace: string;
  readonly publicUrl: string | undefined;
  readonly tls: string | undefined;
  readonly clusterIssuer: string | undefined;
  readonly databaseLogins: string | undefined;
  readonly withoutAudit: boolean;
  readonly pullSecret: readonly string[];
  readonly dryRun: boolean;
}

/** What a deploy takes, but for the images. */
export function deployOptions(
  source: Directory,
  given: DeployArguments,
): Omit<DeployOptions, 'images'> {
  const { kubeconfig, context, ociConfig, ociKey, oidcRequestUrl, oidcRequestToken } = given;
  const { env, releaseNamespace, publicUrl, tls, clusterIssuer, databaseLogins } = given;
  const { withoutAudit, pullSecret, dryRun } = given;
  return {
    source,
    cluster: { kubeconfig, context, ociConfig, ociKey, oidcRequestUrl, oidcRequestToken },
    secrets: {
      DATABASE_URL: given.databaseUrl,
      DATABASE_DIRECT_URL: given.databaseDirectUrl,
      BETTER_AUTH_SECRET: given.betterAuthSecret,
      APP_API_TOKEN: given.appApiToken,
      DAPR_API_TOKEN: given.daprApiToken,
      SMTP_URL: given.smtpUrl,
      VAPID_PRIVATE_KEY: given.vapidPrivateKey,
      CHAT_API_KEY: given.chatApiKey,
      OIDC_PROVIDERS: given.oidcProviders,
    },
    plan: {
      ...{ env, releaseNamespace, publicUrl, tls, clusterIssuer, databaseLogins },
      ...{ withoutAudit, pullSecret },
    },
    dryRun,
  };
}
