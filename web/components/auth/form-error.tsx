/** What went wrong with a form as a whole; announced when it appears. */
export function FormError({ message }: { message: string | undefined }) {
  return (
    <div role="alert" className="empty:hidden">
      {message ? (
        <p className="rounded-md bg-danger-soft px-3 py-2 text-sm text-danger-text">{message}</p>
      ) : null}
    </div>
  );
}
