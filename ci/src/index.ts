/**
 * The pipeline of the Todo system: build, test, prove, publish, deploy, each one call.
 *
 * The same functions run locally and in CI; a workflow file contains only the calls. Arguments that never change for you
 * go into `.env` next to dagger.json: see ci/README.md.
 */
// Long because the SDK reads an argument's description where its function takes it: what publish, deploy and release share is
// written at each, or `dagger call NAME --help` would not explain it. Bodies are in the files by subject.
import {
  argument,
  check,
  Container,
  Directory,
  File,
  func,
  GitRepository,
  object,
  Secret,
  Service,
} from '@dagger.io/dagger';
import { builtImages, imageArchives } from './built-images.ts';
import { deploy as runDeploy, rollback as runRollback } from './deploy.ts';
import { deployOptions } from './deploy-options.ts';
import { proofOf } from './proof-of-commit.ts';
import { doctor as runDoctor } from './doctor.ts';
import { chosenNodeImage } from './images.ts';
import { localSystem } from './local-system.ts';
import { publish as publishCommit, publishedImages } from './publish.ts';
import { formatImageList } from './reference.ts';
import { releaseCommit } from './release.ts';
import { keptResults } from './results.ts';
import { runId } from './run-id.ts';
import { sbomDirectory, scanImages, severitiesOf } from './supply-chain.ts';
import {
  lintWorkflows,
  npmOutput,
  repositoryContainer,
  testContainer,
  withClusterTools,
} from './workspace.ts';

/** A registry. */
export enum Registry {
  /** Oracle's registry: needs --region, --namespace, --username, --token */
  OCIR = 'ocir',
  /** GitHub's registry: needs --namespace (the owner), --username, --token */
  GHCR = 'ghcr',
  /** Any other registry: needs --address, --username, --token */
  OTHER = 'other',
}

/** Where a release goes. */
export enum Environment {
  /** A cluster on a developer's machine or network: Redpanda and PostgreSQL inside */
  LOCAL = 'local',
  /** Oracle's free tier: pub/sub on PostgreSQL, the database outside */
  CLOUD = 'cloud',
}

/** A pub/sub component. */
export enum Variant {
  /** pubsub.kafka, on Redpanda */
  KAFKA = 'kafka',
  /** pubsub.postgresql, this project's own */
  POSTGRESQL = 'postgresql',
  /** One after the other, in one cluster */
  BOTH = 'both',
}

@object()
export class Todo {
  source: Directory;
  nodeImage: string | undefined;

  constructor(
    /**
     * The repository.
     */
    @argument({
      defaultPath: '/',
      ignore: [
        '.git',
        '**/node_modules',
        '**/.next',
        '**/dist',
        '**/.local',
        '**/coverage',
        '**/test-results',
        '**/.env',
        '**/.env.*',
        '!**/.env.example',
        '**/.npmrc',
        '**/.netrc',
        '**/.git-credentials',
        '**/.aws',
        '**/.docker',
        '**/.kube',
        '**/.oci',
        '**/.ssh',
        '**/id_rsa*',
        '**/id_ed25519*',
        '**/*kubeconfig*.y*ml',
        '**/*.key',
        '**/*.p12',
        '**/*.pem',
        '**/*.pfx',
        'ci/sdk',
      ],
    })
    source: Directory,
    /**
     * Base of the images, by digest, such as node:24-bookworm-slim@sha256:…; the Dockerfiles' own if not given
     */
    nodeImage?: string,
  ) {
    this.source = source;
    this.nodeImage = chosenNodeImage(nodeImage);
  }

  /**
   * Static checks: types, lint, format, charts, workflows. What `npm run check` does.
   *
   * Example: dagger call check
   */
  @func()
  @check()
  async check(): Promise<string> {
    const [output] = await Promise.all([
      npmOutput(withClusterTools(repositoryContainer(this.source)), ['run', 'check']),
      lintWorkflows(this.source),
    ]);
    return output;
  }

  /**
   * Unit tests and the suite against the embedded system, with a real PostgreSQL. What `npm test` does.
   *
   * Example: dagger call test
   */
  @func()
  @check()
  async test(
    /**
     * Only tests whose file's path contains this
     */
    only?: string,
  ): Promise<string> {
    return await npmOutput(testContainer(this.source), [
      'test',
      ...(only === undefined ? [] : ['--', only]),
    ]);
  }

  /**
   * The images as a directory of OCI archives, one per service.
   *
   * Example: dagger call build export --path=images
   */
  @func()
  async build(
    /**
     * Only these: backend, notification, recurring, audit, pubsub-postgresql, web
     */
    image: string[] = [],
    /**
     * Such as linux/arm64; the engine's platform if not given. TypeScript is compiled on the engine's platform in any case
     */
    platform?: string,
  ): Promise<Directory> {
    return imageArchives(await builtImages(this, image, platform));
  }

  /**
   * One image as a container, to inspect or to run.
   *
   * Example: dagger call image --name=backend terminal
   */
  @func()
  async image(
    /**
     * backend, notification, recurring, audit, pubsub-postgresql or web
     */
    name: string,
    /**
     * Such as linux/arm64; the engine's platform if not given
     */
    platform?: string,
  ): Promise<Container> {
    const [first] = await builtImages(this, [name], platform, '--name');
    if (first === undefined) throw new Error('not reached');
    return first.container;
  }

  /**
   * Tests this commit on an ephemeral Kubernetes cluster (k3s), with each pub/sub component.
   *
   * Builds the images, starts the cluster, deploys with the release plan and runs the event-flow suite. Returns a report; fails
   * with one.
   *
   * Example: dagger call test-integration
   */
  @func({ cache: 'never' })
  async testIntegration(
    /**
     * The pub/sub component: kafka, postgresql or both
     */
    variant: Variant = Variant.BOTH,
    /**
     * Kubernetes, as k3s tags it, such as v1.36.2-k3s1
     */
    kVersion?: string,
    /**
     * Open a terminal with kubectl at the end; the cluster runs until you leave the terminal
     */
    keep: boolean = false,
    /**
     * Both variants at once, each in its namespace: shorter where there are four cores or more
     */
    sideBySide: boolean = false,
  ): Promise<string> {
    return await proofOf({
      ...{ source: this.source, nodeImage: this.nodeImage },
      variants: variant === Variant.BOTH ? undefined : [variant],
      version: kVersion,
      ...{ keep, sideBySide },
    });
  }

  /**
   * The files of a test-integration run on this engine.
   *
   * report.txt and, for each variant, JUnit results and the suite's output; after a failure also manifests, events,
   * descriptions and logs of the pods. Of the last ten runs.
   *
   * Example: dagger call integration-results export --path=results
   */
  @func({ cache: 'never' })
  async integrationResults(
    /**
     * The run id from its report; the last run if not given
     */
    run?: string,
  ): Promise<Directory> {
    return await keptResults(run, runId());
  }

  /**
   * Publishes every image for linux/amd64 and linux/arm64, signed, with SBOM and provenance.
   *
   * Tagged with the commit and latest. A commit that is already published is not rebuilt. Returns the references with
   * digests, as JSON for deploy.
   *
   * Example: dagger call -o images.json publish --registry=ocir
   */
  @func({ cache: 'never' })
  async publish(
    /**
     * ocir, ghcr or other
     */
    registry: Registry,
    /**
     * Another registry's host and path, such as registry.example.com/team
     */
    address?: string,
    /**
     * OCI region, by key or name, such as fra or eu-frankfurt-1
     */
    region?: string,
    /**
     * OCIR: the tenancy's object storage namespace. GHCR: the owner
     */
    namespace?: string,
    /**
     * The user who logs in. OCIR: namespace/user, or namespace/oracleidentitycloudservice/user
     */
    username?: string,
    /**
     * The password or token, such as env://OCIR_TOKEN
     */
    token?: Secret,
    /**
     * Path in front of the image names
     */
    prefix: string = 'todo',
    /**
     * Additional tags, besides the commit and latest
     */
    tag: string[] = [],
    /**
     * A cosign private key, such as file://cosign.key
     */
    signingKey?: Secret,
    /**
     * The key's password
     */
    signingPassword?: Secret,
    /**
     * A Sigstore signing config (cosign signing-config create) to use instead of the public instance's, such as one without a log
     */
    signingConfig?: File,
    /**
     * Keyless: env://ACTIONS_ID_TOKEN_REQUEST_URL of a GitHub job with id-token: write
     */
    oidcRequestUrl?: Secret,
    /**
     * Keyless: env://ACTIONS_ID_TOKEN_REQUEST_TOKEN of the same job
     */
    oidcRequestToken?: Secret,
    /**
     * Publish without signature, SBOM and provenance
     */
    unsigned: boolean = false,
    /**
     * Build and check everything, but only print what would be pushed
     */
    dryRun: boolean = false,
    /**
     * Another repository's history than the checkout's, for the commit
     */
    repository?: GitRepository,
    /**
     * The checkout with its .git, for the commit
     */
    @argument({
      defaultPath: '/',
      ignore: [
        '**/node_modules',
        '**/.next',
        '**/dist',
        '**/.local',
        '**/coverage',
        '**/test-results',
        'ci/sdk',
      ],
    })
    checkout?: Directory,
  ): Promise<string> {
    return await publishCommit({
      ...{ registry, address, region, namespace, username, token, prefix, tag },
      ...{ signingKey, signingPassword, signingConfig, oidcRequestUrl, oidcRequestToken, unsigned },
      dryRun,
      ...{ source: this.source, nodeImage: this.nodeImage },
      repository,
      checkout,
    });
  }

  /**
   * The published images of this commit, as JSON for deploy.
   *
   * In the format that publish returns. Builds nothing; if images are missing, fails and names them.
   *
   * Example: dagger call -o images.json published --registry=ocir
   */
  @func({ cache: 'never' })
  async published(
    /**
     * ocir, ghcr or other
     */
    registry: Registry,
    /**
     * Another registry's host and path, such as registry.example.com/team
     */
    address?: string,
    /**
     * OCI region, by key or name, such as fra or eu-frankfurt-1
     */
    region?: string,
    /**
     * OCIR: the tenancy's object storage namespace. GHCR: the owner
     */
    namespace?: string,
    /**
     * The user who logs in. OCIR: namespace/user, or namespace/oracleidentitycloudservice/user
     */
    username?: string,
    /**
     * The password or token, such as env://OCIR_TOKEN
     */
    token?: Secret,
    /**
     * Path in front of the image names
     */
    prefix: string = 'todo',
    /**
     * Another repository's history than the checkout's, for the commit
     */
    repository?: GitRepository,
    /**
     * The checkout with its .git, for the commit
     */
    @argument({
      defaultPath: '/',
      ignore: [
        '**/node_modules',
        '**/.next',
        '**/dist',
        '**/.local',
        '**/coverage',
        '**/test-results',
        'ci/sdk',
      ],
    })
    checkout?: Directory,
  ): Promise<string> {
    const where = { registry, address, region, namespace, username, token, prefix };
    return formatImageList(await publishedImages({ ...where, repository, checkout }));
  }

  /**
   * Deploys a set of images to an environment: runs the release plan with pinned helm and kubectl.
   *
   * Waits until everything is healthy and one event went through, or rolls back and reports why. One deploy at a time: a second one
   * waits.
   *
   * Example: dagger call deploy --env=cloud --images=images.json
   */
  @func({ cache: 'never' })
  async deploy(
    /**
     * local or cloud
     */
    env: Environment,
    /**
     * The file that publish wrote: images.json
     */
    images?: File,
    /**
     * The cluster's kubeconfig, such as file://$HOME/.kube/config
     */
    kubeconfig?: Secret,
    /**
     * The kubeconfig's context; the current context if not given
     */
    context?: string,
    /**
     * The public address of the app, such as https://todo.example. Required for the cloud
     */
    publicUrl?: string,
    /**
     * The Kubernetes namespace
     */
    releaseNamespace: string = 'todo',
    /**
     * Deploy without the audit service
     */
    withoutAudit: boolean = false,
    /**
     * Names of registry secrets in the namespace
     */
    pullSecret: string[] = [],
    /**
     * PostgreSQL's URL. If not given, the value in the cluster is kept, as for all secrets of the system
     */
    databaseUrl?: Secret,
    /**
     * PostgreSQL's URL without a pooler, if it has one
     */
    databaseDirectUrl?: Secret,
    /**
     * Signs the web app's sessions
     */
    betterAuthSecret?: Secret,
    /**
     * The token that a sidecar sends to its app
     */
    appApiToken?: Secret,
    /**
     * The token that an app sends to its sidecar
     */
    daprApiToken?: Secret,
    /**
     * The mail server, smtp://user:password@host:587; if not given, no e-mail is sent
     */
    smtpUrl?: Secret,
    /**
     * Signs web push messages; if not given, a key is generated and stored in the database
     */
    vapidPrivateKey?: Secret,
    /**
     * The key of the chat's language model, if the charts configure one
     */
    chatApiKey?: Secret,
    /**
     * OpenID Connect providers to sign in with: a JSON list, such as file://providers.json
     */
    oidcProviders?: Secret,
    /**
     * The OCI configuration, if the kubeconfig calls oci
     */
    ociConfig?: Secret,
    /**
     * The API key named in that configuration
     */
    ociKey?: Secret,
    /**
     * env://ACTIONS_ID_TOKEN_REQUEST_URL, if the kubeconfig calls github-oidc
     */
    oidcRequestUrl?: Secret,
    /**
     * env://ACTIONS_ID_TOKEN_REQUEST_TOKEN, likewise
     */
    oidcRequestToken?: Secret,
    /**
     * Print the plan and change nothing
     */
    dryRun: boolean = false,
    /**
     * Refuse images whose signature and provenance are not by this key: its public half, such as cosign.pub
     */
    verifyKey?: File,
    /**
     * Who reads signatures, where not anybody may
     */
    verifyUsername?: string,
    /**
     * The password or token of that user, such as env://OCIR_TOKEN
     */
    verifyToken?: Secret,
    /**
     * The images were signed with a signing config that has no log
     */
    verifyWithoutLog: boolean = false,
    /**
     * What ends TLS before the web app: ingress, or load-balancer (OCI). If not given, nothing of the release does
     */
    tls?: string,
    /**
     * The ClusterIssuer of cert-manager that certificates for --tls come from
     */
    clusterIssuer?: string,
    /**
     * per-part (the default): a database login for each part, if the URL's login may create roles. one: all share it
     */
    databaseLogins?: string,
  ): Promise<string> {
    const options = deployOptions(this.source, {
      env,
      ...{ kubeconfig, context, ociConfig, ociKey, oidcRequestUrl, oidcRequestToken },
      ...{ databaseUrl, databaseDirectUrl, betterAuthSecret, appApiToken, daprApiToken },
      ...{ smtpUrl, vapidPrivateKey, chatApiKey, oidcProviders },
      ...{ releaseNamespace, publicUrl, tls, clusterIssuer, databaseLogins },
      ...{ withoutAudit, pullSecret },
      dryRun,
    });
    const verify = { key: verifyKey, username: verifyUsername, token: verifyToken };
    return await runDeploy({
      ...{ ...options, images },
      verify: { ...verify, withoutLog: verifyWithoutLog },
    });
  }

  /**
   * Rolls every chart and Dapr's manifests back to the previous version.
   *
   * Waits until the system is healthy. Holds the same lock as a deploy.
   *
   * Example: dagger call rollback --kubeconfig=file://$HOME/.kube/config
   */
  @func({ cache: 'never' })
  async rollback(
    /**
     * The cluster's kubeconfig
     */
    kubeconfig?: Secret,
    /**
     * The kubeconfig's context; the current context if not given
     */
    context?: string,
    /**
     * The Kubernetes namespace
     */
    releaseNamespace: string = 'todo',
    /**
     * Only these charts
     */
    chart: string[] = [],
    /**
     * The OCI configuration, if the kubeconfig calls oci
     */
    ociConfig?: Secret,
    /**
     * The API key named in that configuration
     */
    ociKey?: Secret,
    /**
     * env://ACTIONS_ID_TOKEN_REQUEST_URL, if the kubeconfig calls github-oidc
     */
    oidcRequestUrl?: Secret,
    /**
     * env://ACTIONS_ID_TOKEN_REQUEST_TOKEN, likewise
     */
    oidcRequestToken?: Secret,
  ): Promise<string> {
    return await runRollback({
      source: this.source,
      cluster: { kubeconfig, context, ociConfig, ociKey, oidcRequestUrl, oidcRequestToken },
      releaseNamespace,
      charts: chart,
    });
  }

  /**
   * The whole system as a service, with its own database that is deleted when the service stops.
   *
   * Example: dagger call up up --ports=4300:4300, then http://localhost:4300
   */
  @func({ cache: 'session' })
  up(): Service {
    return localSystem(this.source);
  }

  /**
   * The contents of the images, as SPDX JSON, one file per service.
   *
   * Example: dagger call sbom export --path=sbom
   */
  @func()
  async sbom(
    /**
     * Only these images
     */
    image: string[] = [],
  ): Promise<Directory> {
    return await sbomDirectory(await builtImages(this, image));
  }

  /**
   * Looks for known vulnerabilities that have a fix, and for secrets, in the images. Fails if it finds one.
   *
   * Example: dagger call scan
   */
  @func({ cache: '1h' })
  async scan(
    /**
     * Only these images
     */
    image: string[] = [],
    /**
     * Comma-separated: LOW, MEDIUM, HIGH, CRITICAL
     */
    severity: string = 'HIGH,CRITICAL',
  ): Promise<string> {
    const severities = severitiesOf(severity);
    return await scanImages(await builtImages(this, image), severities);
  }

  /**
   * Looks at what the other functions need: engine, disk, cgroups, clock, registry login, cluster. Says what to do.
   *
   * Publishes and changes nothing. Fails when something would make another call fail.
   *
   * Example: dagger call doctor
   */
  @func({ cache: 'never' })
  async doctor(
    /**
     * Where publish would go: ocir, ghcr or other; no login is tried if not given
     */
    registry?: Registry,
    /**
     * Another registry's host and path, such as registry.example.com/team
     */
    address?: string,
    /**
     * OCI region, by key or name, such as fra or eu-frankfurt-1
     */
    region?: string,
    /**
     * OCIR: the tenancy's object storage namespace. GHCR: the owner
     */
    namespace?: string,
    /**
     * Who logs in. OCIR: namespace/user, or namespace/oracleidentitycloudservice/user
     */
    username?: string,
    /**
     * The password or token, such as env://OCIR_TOKEN
     */
    token?: Secret,
    /**
     * Path before the images' names
     */
    prefix: string = 'todo',
    /**
     * A cluster's kubeconfig; no cluster is asked if not given
     */
    kubeconfig?: Secret,
    /**
     * The kubeconfig's context; its current one if not given
     */
    context?: string,
    /**
     * The OCI configuration, if the kubeconfig calls oci
     */
    ociConfig?: Secret,
    /**
     * The API key that configuration names
     */
    ociKey?: Secret,
  ): Promise<string> {
    const login = { address, region, namespace, username, token, prefix };
    return await runDoctor({
      source: this.source,
      registry: registry === undefined ? undefined : { registry, ...login },
      cluster: { kubeconfig, context, ociConfig, ociKey },
    });
  }

  /**
   * A whole release: test-integration, then publish, then deploy to the cloud. Stops at the first failure.
   *
   * Example: dagger call release --registry=ocir
   */
  @func({ cache: 'never' })
  async release(
    /**
     * ocir, ghcr or other
     */
    registry: Registry,
    /**
     * Another registry's host and path, such as registry.example.com/team
     */
    address?: string,
    /**
     * OCI region, by key or name, such as fra or eu-frankfurt-1
     */
    region?: string,
    /**
     * OCIR: the tenancy's object storage namespace. GHCR: the owner
     */
    namespace?: string,
    /**
     * The user who logs in. OCIR: namespace/user, or namespace/oracleidentitycloudservice/user
     */
    username?: string,
    /**
     * The password or token, such as env://OCIR_TOKEN
     */
    token?: Secret,
    /**
     * Path in front of the image names
     */
    prefix: string = 'todo',
    /**
     * Additional tags, besides the commit and latest
     */
    tag: string[] = [],
    /**
     * A cosign private key, such as file://cosign.key
     */
    signingKey?: Secret,
    /**
     * The key's password
     */
    signingPassword?: Secret,
    /**
     * A Sigstore signing config (cosign signing-config create) to use instead of the public instance's, such as one without a log
     */
    signingConfig?: File,
    /**
     * Publish without signature, SBOM and provenance
     */
    unsigned: boolean = false,
    /**
     * The cluster's kubeconfig, such as file://$HOME/.kube/config
     */
    kubeconfig?: Secret,
    /**
     * The kubeconfig's context; the current context if not given
     */
    context?: string,
    /**
     * The public address of the app, such as https://todo.example. Required for the cloud
     */
    publicUrl?: string,
    /**
     * The Kubernetes namespace
     */
    releaseNamespace: string = 'todo',
    /**
     * Deploy without the audit service
     */
    withoutAudit: boolean = false,
    /**
     * Names of registry secrets in the namespace
     */
    pullSecret: string[] = [],
    /**
     * PostgreSQL's URL. If not given, the value in the cluster is kept, as for all secrets of the system
     */
    databaseUrl?: Secret,
    /**
     * PostgreSQL's URL without a pooler, if it has one
     */
    databaseDirectUrl?: Secret,
    /**
     * Signs the web app's sessions
     */
    betterAuthSecret?: Secret,
    /**
     * The token that a sidecar sends to its app
     */
    appApiToken?: Secret,
    /**
     * The token that an app sends to its sidecar
     */
    daprApiToken?: Secret,
    /**
     * The mail server, smtp://user:password@host:587; if not given, no e-mail is sent
     */
    smtpUrl?: Secret,
    /**
     * Signs web push messages; if not given, a key is generated and stored in the database
     */
    vapidPrivateKey?: Secret,
    /**
     * The key of the chat's language model, if the charts configure one
     */
    chatApiKey?: Secret,
    /**
     * OpenID Connect providers to sign in with: a JSON list, such as file://providers.json
     */
    oidcProviders?: Secret,
    /**
     * The OCI configuration, if the kubeconfig calls oci
     */
    ociConfig?: Secret,
    /**
     * The API key named in that configuration
     */
    ociKey?: Secret,
    /**
     * Keyless signing, and a kubeconfig that calls github-oidc: env://ACTIONS_ID_TOKEN_REQUEST_URL
     */
    oidcRequestUrl?: Secret,
    /**
     * Keyless signing, and a kubeconfig that calls github-oidc: env://ACTIONS_ID_TOKEN_REQUEST_TOKEN
     */
    oidcRequestToken?: Secret,
    /**
     * Another repository's history than the checkout's, for the commit
     */
    repository?: GitRepository,
    /**
     * The checkout with its .git, for the commit
     */
    @argument({
      defaultPath: '/',
      ignore: [
        '**/node_modules',
        '**/.next',
        '**/dist',
        '**/.local',
        '**/coverage',
        '**/test-results',
        'ci/sdk',
      ],
    })
    checkout?: Directory,
    /**
     * What ends TLS before the web app: ingress, or load-balancer (OCI). If not given, nothing of the release does
     */
    tls?: string,
    /**
     * The ClusterIssuer of cert-manager that certificates for --tls come from
     */
    clusterIssuer?: string,
    /**
     * per-part (the default): a database login for each part, if the URL's login may create roles. one: all share it
     */
    databaseLogins?: string,
  ): Promise<string> {
    const publish = {
      ...{ registry, address, region, namespace, username, token, prefix, tag },
      ...{ signingKey, signingPassword, signingConfig, oidcRequestUrl, oidcRequestToken, unsigned },
      ...{ source: this.source, nodeImage: this.nodeImage },
      ...{ repository, checkout, dryRun: false },
    };
    const deploy = deployOptions(this.source, {
      env: Environment.CLOUD,
      ...{ kubeconfig, context, ociConfig, ociKey, oidcRequestUrl, oidcRequestToken },
      ...{ databaseUrl, databaseDirectUrl, betterAuthSecret, appApiToken, daprApiToken },
      ...{ smtpUrl, vapidPrivateKey, chatApiKey, oidcProviders },
      ...{ releaseNamespace, publicUrl, tls, clusterIssuer, databaseLogins },
      ...{ withoutAudit, pullSecret },
      dryRun: false,
    });
    return await releaseCommit(publish, deploy);
  }
}
