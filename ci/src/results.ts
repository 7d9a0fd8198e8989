// The files of past proofs, kept in the engine: a failure that comes once in a while is gone when somebody runs it again to
// look at it.
import { dag, Container, Directory } from '@dagger.io/dagger';
import { explain } from './failure.ts';
import { NODE } from './versions.ts';

/** Runs whose files are kept; older ones go. */
const KEPT_RUNS = 10;
const KEPT = '/kept';

/** Keeps the files of a run, and forgets the oldest beyond {@link KEPT_RUNS}. */
export async function keepResults(run: string, files: Directory): Promise<void> {
  const script = `mkdir -p "${KEPT}/$1" && cp -R /in/. "${KEPT}/$1/"
ls -1 ${KEPT} | sort | head -n -${String(KEPT_RUNS)} | while read -r old; do rm -rf "${KEPT}/$old"; done`;
  await store()
    .withMountedDirectory('/in', files)
    .withExec(['sh', '-ec', script, 'keep', run])
    .sync();
}

/**
 * The files of a run.
 * @param run its name, as its report says; the last one if not given.
 * @param call part of the cache key: what is kept changes while the question does not.
 * @throws PipelineFailure naming the runs there are, when it is none of them.
 */
export async function keptResults(run: string | undefined, call: string): Promise<Directory> {
  const script = `run=$1
[ -n "$run" ] || run=$(ls -1 ${KEPT} | sort | tail -n 1)
if [ -z "$run" ]; then echo 'no run is stored here: run dagger call test-integration first' >&2; exit 1; fi
if [ ! -d "${KEPT}/$run" ]; then echo "run $run is not stored here. Stored runs:" >&2; ls -1 ${KEPT} >&2; exit 1; fi
cp -R "${KEPT}/$run" /out`;
  try {
    return await store()
      .withEnvVariable('CALL', call)
      .withExec(['sh', '-ec', script, 'read', run ?? ''])
      .directory('/out')
      .sync();
  } catch (error) {
    throw explain('integration-results', error);
  }
}

function store(): Container {
  return dag
    .container()
    .from(NODE)
    .withMountedCache(KEPT, dag.cacheVolume('todo-integration-results'));
}
