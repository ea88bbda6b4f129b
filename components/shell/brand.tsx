import Link from "next/link";

export function Brand({ className }: { className?: string }) {
  return (
    <Link href="/overview" className={className} prefetch={false}>
      <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="#1864ab" />
        <path
          d="M8 21V11h9.5a4.5 4.5 0 0 1 0 9H14m4-3.5-4 3.5 4 3.5"
          fill="none"
          stroke="#fff"
          strokeWidth="2.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      Redrive
    </Link>
  );
}
