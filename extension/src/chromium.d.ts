// What Chromium offers to content scripts beyond the DOM library's types. Optional where some builds lack it.

interface FeaturePolicy {
  allowsFeature(feature: string): boolean;
  features(): string[];
}

interface Document {
  readonly featurePolicy?: FeaturePolicy;
  readonly prerendering?: boolean;
}

interface Navigator {
  /** Absent on insecure origins. */
  readonly userAgentData?: { readonly brands: readonly { readonly brand: string }[] };
}
