using FlowDispatch.AspNetCore.Tests;

[assembly: AssemblyFixture(typeof(ApiHost))]
