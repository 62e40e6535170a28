namespace FlowDispatch.Core.Tests.Dispatching;

/// <summary>Tests that move a clock under a whole engine run alone: the work of others in the pool would be taken for the engine's.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EngineAlone
{
    public const string Name = "Engine";
}
