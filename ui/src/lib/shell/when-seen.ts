const MARGIN = '600px';

/** An attachment that calls once, as soon as the element comes near the view. */
export function whenSeen(onseen: () => void): (element: HTMLElement) => () => void {
  return (element) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        onseen();
      },
      { rootMargin: MARGIN },
    );
    observer.observe(element);
    return () => observer.disconnect();
  };
}
