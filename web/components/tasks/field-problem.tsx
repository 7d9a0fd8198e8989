'use client';
// What is wrong with a field that is more than one input.

export function FieldProblem({ message }: { message: string | undefined }) {
  return message ? (
    <p role="alert" className="mt-1 text-sm text-danger-text">
      {message}
    </p>
  ) : null;
}
