// Runs once when the server starts, before it answers anything. A build runs it too, where nothing is configured: the
// same image serves every environment.
export async function register(): Promise<void> {
  const building = process.env['NEXT_PHASE'] === 'phase-production-build';
  if (process.env['NEXT_RUNTIME'] === 'nodejs' && !building) {
    const { start } = await import('./server/start');
    await start();
  }
}
