namespace FlowDispatch.Sample.Tests;

/// <summary>For claims about time: they run when nothing else does, so that only the sample's own work is in their way.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;
