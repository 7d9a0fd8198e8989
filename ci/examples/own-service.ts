// Builds a service of your own for both platforms, compiled once on the engine's platform, and publishes one index.
import { argument, dag, Directory, func, object, Platform, Secret } from '@dagger.io/dagger';

@object()
export class Shop {
  /**
   * Publishes the service.
   *
   * Example: dagger call publish --address=registry.example.com/shop:1 --username=bot --token=env:TOKEN
   */
  @func({ cache: 'never' })
  async publish(
    /**
     * The service: a folder with a Dockerfile whose first stage is FROM --platform=$BUILDPLATFORM
     */
    @argument({ defaultPath: '/', ignore: ['.git', '**/node_modules'] }) source: Directory,
    /**
     * Where to
     */
    address: string,
    /**
     * Who logs in
     */
    username: string,
    /**
     * The password or token
     */
    token: Secret,
  ): Promise<string> {
    const engine = await dag.defaultPlatform();
    const variants = ['linux/amd64', 'linux/arm64'].map((platform) =>
      source.dockerBuild({
        platform: platform as Platform,
        // otherwise the engine takes the target for the build platform and compiles under emulation
        buildArgs: [{ name: 'BUILDPLATFORM', value: engine }],
      }),
    );
    return await dag
      .container()
      .withRegistryAuth(address, username, token)
      .publish(address, { platformVariants: variants });
  }
}
