namespace FlowDispatch.Core.Tests.Diagnostics;

/// <summary>Tests that listen to the one source of spans, or claim that nobody does, run alone: whoever listens hears all engines of the process.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ListeningAlone
{
    public const string Name = "Listening";
}
